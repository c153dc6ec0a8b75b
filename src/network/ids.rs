//! Numbers with names: processes, channels and snapshots.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub $inner);

        impl $name {
            /// The number as an index.
            pub fn index(self) -> usize {
                usize::from(self.0)
            }

            /// The id of an index that is known to be within the supported limits.
            pub fn of(index: usize) -> Self {
                Self(<$inner>::try_from(index).expect("an index within the supported limits"))
            }
        }
    };
}

id!(
    /// A process, `0..n`.
    ProcessId(u16)
);
id!(
    /// A directed channel, in channel order.
    ChannelId(u16)
);
id!(
    /// A snapshot, numbered as the model lists them.
    SnapshotId(u8)
);

/// The largest number of snapshots of one model.
pub const SNAPSHOTS_MAX: usize = 16;
