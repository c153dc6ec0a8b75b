//! One type for all applications: which one a model runs is known when the model is read. Says nothing of what they do.

/// Makes one application of several: each entry is its name in models and its type. Its states, messages and steps are
/// those of the application that it is.
macro_rules! applications {
    // The first token is a dollar sign, for the macro that it writes.
    (($d:tt) $first:ident($plain:ty); $($name:ident($kind:ty),)*) => {
        applications! { @all ($d) $first($plain), $($name($kind),)* }

        /// An application as models write it, but [`Tokens`], which speaks of a model's snapshots too.
        #[derive(Debug)]
        pub enum AppWritten {
            $(#[doc = concat!("[`", stringify!($kind), "`]")] $name(<$kind as Readable>::Written),)*
        }

        impl AppWritten {
            /// The names of all applications.
            pub const NAMES: &'static [&'static str] = &[stringify!($first), $(stringify!($name),)*];

            /// Reads what stands behind the name of one.
            ///
            /// # Errors
            /// Where it is written otherwise.
            pub fn read<'de, V: serde::de::VariantAccess<'de>>(name: &str, variant: V) -> Result<Self, V::Error> {
                match name {
                    $(stringify!($name) => variant.newtype_variant().map(Self::$name),)*
                    _ => Err(serde::de::Error::unknown_variant(name, Self::NAMES)),
                }
            }

            /// The application that is meant.
            ///
            /// # Errors
            /// Where it makes no sense on this topology.
            pub fn resolve(&self, topology: &Topology) -> Result<App, Refusal> {
                match self {
                    $(Self::$name(written) => <$kind as Readable>::resolve(written, topology).map(App::from),)*
                }
            }
        }
    };
    (@all ($d:tt) $($name:ident($kind:ty),)+) => {
        /// The application of a model.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum App {
            $(#[doc = concat!("[`", stringify!($kind), "`]")] $name($kind),)+
        }

        /// The state of one process of an [`App`].
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(untagged)]
        pub enum AppState {
            $(#[doc = concat!("Of [`", stringify!($kind), "`].")] $name(<$kind as Application>::State),)+
        }

        /// A message of an [`App`].
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(untagged)]
        pub enum AppMessage {
            $(#[doc = concat!("Of [`", stringify!($kind), "`].")] $name(<$kind as Application>::Message),)+
        }

        /// A step of an [`App`].
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AppStep {
            $(#[doc = concat!("Of [`", stringify!($kind), "`].")] $name(<$kind as Application>::Step),)+
        }

        $(impl From<$kind> for App {
            fn from(application: $kind) -> Self {
                Self::$name(application)
            }
        })+

        $(impl Own for $kind {
            fn state(state: &AppState) -> &Self::State {
                match state {
                    AppState::$name(state) => state,
                    #[allow(unreachable_patterns)]
                    _ => mixed(),
                }
            }

            fn message(message: &AppMessage) -> &Self::Message {
                match message {
                    AppMessage::$name(message) => message,
                    #[allow(unreachable_patterns)]
                    _ => mixed(),
                }
            }

            fn step(step: &AppStep) -> &Self::Step {
                match step {
                    AppStep::$name(step) => step,
                    #[allow(unreachable_patterns)]
                    _ => mixed(),
                }
            }

            fn any_state(state: Self::State) -> AppState {
                AppState::$name(state)
            }

            fn any_message(message: Self::Message) -> AppMessage {
                AppMessage::$name(message)
            }

            fn any_step(step: Self::Step) -> AppStep {
                AppStep::$name(step)
            }
        })+

        /// The same of whichever application it is.
        macro_rules! own {
            ($d whole:expr, $d own:ident => $d says:expr) => {
                match $d whole {
                    $(App::$name($d own) => $d says,)+
                }
            };
        }
    };
}

pub(super) use applications;
