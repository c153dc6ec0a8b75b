//! Is a cut consistent? Decided by vector clocks, a second way beside the ghost bits of the network: a cut is consistent if
//! nobody knows, just before it, of more events at another process than the cut has of that one (F. Mattern, *Virtual Time
//! and Global States of Distributed Systems*, 1989, theorem 3). Only messages of the application tell of events here: that a
//! marker goes before a record is the algorithm's affair, not the cut's.

use super::diagram::{ArrowEnd, Cut, Diagram, Load};

impl Diagram {
    /// The clock of each process after each of its steps, as the application's messages tell: by step, and empty for what
    /// a channel does.
    pub fn application_clocks(&self) -> Vec<Vec<u32>> {
        let mut now = vec![vec![0; self.processes.len()]; self.processes.len()];
        let mut after: Vec<Vec<u32>> = Vec::new();
        for (step, this) in self.steps.iter().enumerate() {
            let Some(process) = this.process else {
                after.push(Vec::new());
                continue;
            };
            for sent in self.received_messages(step) {
                // What a fault copied, or a restore put back, was first sent by nobody's step.
                let told = after.get(sent).cloned().unwrap_or_default();
                now[process].iter_mut().zip(told).for_each(|(own, told)| *own = (*own).max(told));
            }
            now[process][process] += 1;
            after.push(now[process].clone());
        }
        after
    }

    /// The steps that sent the messages that a step receives.
    fn received_messages(&self, step: usize) -> impl Iterator<Item = usize> {
        self.arrows.iter().filter_map(move |arrow| {
            let received = arrow.end == ArrowEnd::Received(step) && matches!(arrow.load, Load::Message(_));
            received.then_some(arrow.origin)
        })
    }

    /// Does nobody know, just before the cut, of more events at another process than the cut has of it? Processes that never
    /// record are left out.
    pub fn is_consistent_by_clocks(&self, cut: &Cut) -> bool {
        let clocks = self.application_clocks();
        let frontier = |process: usize| -> Option<Vec<u32>> {
            let record = cut.records[process]?;
            let own = |step: &usize| self.steps[*step].process == Some(process);
            let last = (0..record).rev().find(own);
            Some(last.map_or_else(|| vec![0; self.processes.len()], |step| clocks[step].clone()))
        };
        let frontiers: Vec<Option<Vec<u32>>> = (0..self.processes.len()).map(frontier).collect();
        let known = |of: usize| frontiers.iter().flatten().map(move |clock| clock[of]);
        let mut recording = frontiers.iter().enumerate();
        recording.all(|(of, own)| own.as_ref().is_none_or(|own| known(of).all(|known| known <= own[of])))
    }
}
