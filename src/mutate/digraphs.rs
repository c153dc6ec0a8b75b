//! Strongly connected directed graphs without loops, one of each kind: the topologies on which the algorithm claims
//! to work. By brute force over all graphs and all renamings, so for few vertices only.

use std::collections::BTreeSet;

/// The largest number of vertices.
pub const VERTICES_MAX: usize = 5;

/// A graph of few vertices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digraph {
    vertices: usize,
    /// Bit `from * vertices + to` for each edge.
    edges: u32,
}

/// Every strongly connected graph of so many vertices, up to renaming; fewest edges first.
///
/// # Panics
/// For more than [`VERTICES_MAX`] vertices.
pub fn strongly_connected(vertices: usize) -> Vec<Digraph> {
    assert!(vertices <= VERTICES_MAX, "too many graphs of {vertices} vertices");
    let pairs: Vec<(usize, usize)> = (0..vertices)
        .flat_map(|from| (0..vertices).map(move |to| (from, to)))
        .filter(|(from, to)| from != to)
        .collect();
    let renamings = permutations(vertices);
    let mut seen = BTreeSet::new();
    for chosen in 0..1_u32 << pairs.len() {
        let edges = pairs.iter().enumerate().filter(|(bit, _)| chosen >> bit & 1 == 1);
        let edges = edges.map(|(_, &(from, to))| 1 << (from * vertices + to)).sum();
        let graph = Digraph { vertices, edges };
        // Of all names of a kind, the least one stands for it.
        let is_least = renamings.iter().all(|renaming| graph.renamed(renaming).edges >= graph.edges);
        if is_least && graph.is_strongly_connected() {
            seen.insert((graph.edges.count_ones(), graph.edges));
        }
    }
    seen.into_iter().map(|(_, edges)| Digraph { vertices, edges }).collect()
}

impl Digraph {
    /// How many vertices.
    pub fn vertices(&self) -> usize {
        self.vertices
    }

    /// Every edge, by (from, to).
    pub fn edges(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let all = (0..self.vertices).flat_map(|from| (0..self.vertices).map(move |to| (from, to)));
        all.filter(|&(from, to)| self.has(from, to))
    }

    /// One vertex of each orbit of the graph's automorphisms: the others look the same from everywhere.
    pub fn different_vertices(&self) -> Vec<usize> {
        let symmetries: Vec<_> = permutations(self.vertices)
            .into_iter()
            .filter(|renaming| self.renamed(renaming) == *self)
            .collect();
        let is_first = |&vertex: &usize| symmetries.iter().all(|renaming| renaming[vertex] >= vertex);
        (0..self.vertices).filter(is_first).collect()
    }

    fn has(&self, from: usize, to: usize) -> bool {
        self.edges >> (from * self.vertices + to) & 1 == 1
    }

    fn renamed(&self, renaming: &[usize]) -> Self {
        let bit = |(from, to): (usize, usize)| 1_u32 << (renaming[from] * self.vertices + renaming[to]);
        Self { vertices: self.vertices, edges: self.edges().map(bit).sum() }
    }

    /// The first vertex reaches all, and all reach it.
    fn is_strongly_connected(&self) -> bool {
        self.reached(&|from, to| self.has(from, to)) && self.reached(&|from, to| self.has(to, from))
    }

    fn reached(&self, edge: &dyn Fn(usize, usize) -> bool) -> bool {
        let mut seen = BTreeSet::from([0]);
        let mut waiting = vec![0];
        while let Some(from) = waiting.pop() {
            waiting.extend((0..self.vertices).filter(|&to| edge(from, to) && seen.insert(to)));
        }
        seen.len() == self.vertices
    }
}

/// Every order of `0..count`.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    let Some(last) = count.checked_sub(1) else { return vec![Vec::new()] };
    let insert = |shorter: Vec<usize>| {
        (0..count).map(move |at| {
            let mut longer = shorter.clone();
            longer.insert(at, last);
            longer
        })
    };
    permutations(last).into_iter().flat_map(insert).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OEIS A035512: strongly connected digraphs with n unlabelled vertices.
    #[test]
    fn there_are_as_many_as_others_have_counted() {
        let counts: Vec<usize> = (2..5).map(|vertices| strongly_connected(vertices).len()).collect();
        assert_eq!(counts, [1, 5, 83]);
    }

    #[test]
    fn symmetric_vertices_are_named_once() {
        let of = |vertices: usize| strongly_connected(vertices);
        let (ring, complete) = (&of(3)[0], &of(3)[4]);
        assert_eq!((ring.edges().count(), ring.different_vertices()), (3, vec![0]));
        assert_eq!((complete.edges().count(), complete.different_vertices()), (6, vec![0]));
        // A line of three: the middle, and one end.
        let line = &of(3)[1];
        assert_eq!((line.edges().count(), line.different_vertices().len()), (4, 2));
        let systems: usize = of(4).iter().map(|graph| graph.different_vertices().len()).sum();
        assert!(systems > 83 && systems < 4 * 83);
    }
}
