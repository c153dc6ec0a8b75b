//! A link layer over a channel that misbehaves: stop and wait, with sequence numbers, acknowledgements and bounded
//! retransmission (after the alternating-bit protocol of K. A. Bartlett, R. A. Scantlebury and P. T. Wilkinson, CACM
//! 12(5), 1969; numbers instead of one bit, because old frames may come late). Both halves, and what travels between them,
//! belong to the channel. Knows nothing of what the frames carry.

use serde::Serialize;

use super::topology::Fault;

/// What happens inside a link layer, or to what travels between its halves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum LinkEvent {
    /// The sender's half sends its frame once more.
    Resend,
    /// The sender's half receives an acknowledgement.
    Acknowledge,
    /// The receiver's half receives a frame that it has had before, and acknowledges it again.
    Discard,
    /// The first frame is lost.
    LoseFrame,
    /// The first acknowledgement is lost.
    LoseAck,
    /// The first frame is repeated.
    RepeatFrame,
    /// The first acknowledgement is repeated.
    RepeatAck,
    /// The second frame overtakes the first.
    SwapFrames,
    /// The second acknowledgement overtakes the first.
    SwapAcks,
}

impl LinkEvent {
    /// All of them, in event order.
    pub const ALL: [Self; 9] = [
        Self::Resend,
        Self::Acknowledge,
        Self::Discard,
        Self::LoseFrame,
        Self::LoseAck,
        Self::RepeatFrame,
        Self::RepeatAck,
        Self::SwapFrames,
        Self::SwapAcks,
    ];

    /// Its name in walks and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Resend => "Resend",
            Self::Acknowledge => "Acknowledge",
            Self::Discard => "Discard",
            Self::LoseFrame => "LoseFrame",
            Self::LoseAck => "LoseAck",
            Self::RepeatFrame => "RepeatFrame",
            Self::RepeatAck => "RepeatAck",
            Self::SwapFrames => "SwapFrames",
            Self::SwapAcks => "SwapAcks",
        }
    }

    /// The fault that it is; `None` for what the link layer does itself.
    pub fn fault(self) -> Option<Fault> {
        match self {
            Self::Resend | Self::Acknowledge | Self::Discard => None,
            Self::LoseFrame | Self::LoseAck => Some(Fault::Lose),
            Self::RepeatFrame | Self::RepeatAck => Some(Fault::Duplicate),
            Self::SwapFrames | Self::SwapAcks => Some(Fault::Overtake),
        }
    }
}

/// Both halves of a link layer and what travels between them. Frames are numbered from the one at hand, which is 0: those
/// before it are negative, so that the numbers stay small.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Wire {
    /// How often the frame at hand has been sent; 0 where there is none.
    pub tries: u8,
    /// The receiver's half has taken the frame at hand.
    pub taken: bool,
    /// Frames under way, the first to arrive first.
    pub frames: Vec<i16>,
    /// Acknowledgements under way back.
    pub acks: Vec<i16>,
}

impl Wire {
    /// The frame at hand is sent for the first time, if there is none already.
    pub fn offer(&mut self) {
        if self.tries == 0 {
            self.tries = 1;
            self.frames.push(0);
        }
    }

    /// Is a frame that is new to the receiver's half the next to arrive?
    pub fn brings(&self) -> bool {
        !self.taken && self.frames.first() == Some(&0)
    }

    /// It arrives, and is acknowledged.
    pub fn take(&mut self) {
        self.taken = true;
        self.discard();
    }

    /// Is what the frame at hand carries still to be received?
    pub fn is_pending(&self) -> bool {
        self.tries > 0 && !self.taken
    }

    /// Can this happen, with so many tries for each frame?
    pub fn offers(&self, event: LinkEvent, tries: u8) -> bool {
        match event {
            LinkEvent::Resend => (1..tries).contains(&self.tries),
            LinkEvent::Discard => !self.frames.is_empty() && !self.brings(),
            LinkEvent::LoseFrame | LinkEvent::RepeatFrame => !self.frames.is_empty(),
            LinkEvent::Acknowledge | LinkEvent::LoseAck | LinkEvent::RepeatAck => !self.acks.is_empty(),
            LinkEvent::SwapFrames => self.frames.len() > 1,
            LinkEvent::SwapAcks => self.acks.len() > 1,
        }
    }

    /// It happens; `more`: another frame waits.
    pub fn happen(&mut self, event: LinkEvent, more: bool) {
        match event {
            LinkEvent::Resend => {
                self.tries += 1;
                self.frames.push(0);
            }
            LinkEvent::Acknowledge => self.acknowledge(more),
            LinkEvent::Discard => self.discard(),
            LinkEvent::LoseFrame => drop(self.frames.remove(0)),
            LinkEvent::LoseAck => drop(self.acks.remove(0)),
            LinkEvent::RepeatFrame => self.frames.insert(0, self.frames[0]),
            LinkEvent::RepeatAck => self.acks.insert(0, self.acks[0]),
            LinkEvent::SwapFrames => self.frames.swap(0, 1),
            LinkEvent::SwapAcks => self.acks.swap(0, 1),
        }
    }

    /// The first frame is acknowledged.
    fn discard(&mut self) {
        let frame = self.frames.remove(0);
        self.acks.push(frame);
    }

    /// If it is the frame at hand that is acknowledged, the next one is at hand.
    fn acknowledge(&mut self, more: bool) {
        if self.acks.remove(0) != 0 {
            return;
        }
        self.frames.iter_mut().chain(&mut self.acks).for_each(|number| *number -= 1);
        *self = Self { tries: 0, taken: false, ..std::mem::take(self) };
        if more {
            self.offer();
        }
    }
}
