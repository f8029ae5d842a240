"""Computes the measures of an exported network with networkx, igraph and NetworKit.

Run by `tests/peers/run`, which exports the network and the registry's own values. Integers
must be equal, floats within 1e-9 of each other, and igraph's Leiden may not find better communities. Prints the time each library took, on one thread.
"""

import csv
import pathlib
import sys
import time

import igraph
import networkit
import networkx
import numpy

folder = pathlib.Path(sys.argv[1])
failures = []
times = {}


def check(what, holds, detail=""):
    print(f"{'ok' if holds else 'FAILED':6} {what} {detail}".rstrip(), flush=True)
    if not holds:
        failures.append(what)


def timed(library, what, work, runs=3):
    """The result of `work`, and the middle of some runs noted in seconds."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - start)
    times[library, what] = sorted(taken)[runs // 2]
    return result


def close(found, expected):
    found, expected = numpy.asarray(found, float), numpy.asarray(expected, float)
    bound = 1e-9 * numpy.maximum(numpy.abs(expected), numpy.finfo(float).tiny)
    return bool(numpy.all(numpy.abs(found - expected) <= bound))


def worst(found, expected):
    found, expected = numpy.asarray(found, float), numpy.asarray(expected, float)
    scale = numpy.maximum(numpy.abs(expected), numpy.finfo(float).tiny)
    return f"(largest relative difference {numpy.max(numpy.abs(found - expected) / scale):.1e})"


def same_groups(labels, others):
    return len(set(zip(labels, others))) == len(set(labels)) == len(set(others))


def column(name):
    with open(folder / "nodes.csv", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


edges = numpy.loadtxt(folder / "edges.csv", delimiter=",", dtype=numpy.int64)
participations = numpy.loadtxt(folder / "participations.csv", delimiter=",", dtype=numpy.int64)
pivots = [int(line) for line in open(folder / "pivots.csv")]
components = [int(value) for value in column("component")]
cores = [int(value) for value in column("core")]
ranks = [float(value) for value in column("pagerank")]
communities = [int(value) for value in column("community")]
between = [float(value) for value in column("betweenness")]
nodes = len(cores)
with open(folder / "times.csv", newline="") as file:
    for what, seconds in csv.reader(file):
        times["Consortia", what] = float(seconds)

# --- networkx: the network from the participations, and PageRank, cores, components ---

members = {}
for organisation, project in participations.tolist():
    members.setdefault(project, []).append(organisation)


def build_networkx():
    graph = networkx.Graph()
    graph.add_nodes_from(range(nodes))
    for group in members.values():
        for place, a in enumerate(group):
            for b in group[:place]:
                if graph.has_edge(a, b):
                    graph[a][b]["weight"] += 1
                else:
                    graph.add_edge(a, b, weight=1)
    return graph


graph = timed("networkx", "build", build_networkx, 1)
ours = {(a, b): weight for a, b, weight in edges.tolist()}
theirs = {(min(a, b), max(a, b)): weight for a, b, weight in graph.edges(data="weight")}
check("ties and the projects they share", ours == theirs, f"({len(ours)} ties)")
found = timed("networkx", "components", lambda: list(networkx.connected_components(graph)), 1)
labels = [0] * nodes
for label, group in enumerate(found):
    for node in group:
        labels[node] = label
check("components", same_groups(labels, components), f"({len(found)})")
found = timed("networkx", "cores", lambda: networkx.core_number(graph), 1)
check("core numbers", [found[node] for node in range(nodes)] == cores, f"(up to {max(cores)})")
# networkx stops when the sum of changes is below nodes * tol.
exact = timed(
    "networkx", "pagerank", lambda: networkx.pagerank(graph, tol=1e-18, max_iter=2000), 1
)
exact = [exact[node] for node in range(nodes)]
check("PageRank", close(ranks, exact), worst(ranks, exact))

# --- igraph: betweenness from the same sources, and Leiden ---

igraph_edges = edges[:, :2].tolist()
graph_i = timed("igraph", "build", lambda: igraph.Graph(n=nodes, edges=igraph_edges))
weights = edges[:, 2].tolist()
exact = timed("igraph", "betweenness", lambda: graph_i.betweenness(sources=pivots), 1)
# Theirs is the sum over the sources of half of what leads to all others.
scaled = [value * nodes / len(pivots) for value in exact]
check("betweenness from sampled pivots", close(between, scaled), worst(between, scaled))
timed("igraph", "components", lambda: graph_i.connected_components())
timed("igraph", "cores", lambda: graph_i.coreness())
timed("igraph", "pagerank", lambda: graph_i.pagerank(weights=weights))
own = graph_i.modularity(communities, weights=weights)


def leiden(iterations):
    return graph_i.community_leiden(
        objective_function="modularity", weights=weights, n_iterations=iterations
    )


found = timed("igraph", "communities", lambda: leiden(2), 1)
best = graph_i.modularity(found.membership, weights=weights)
check("modularity not below igraph's Leiden", own >= best, f"({own:.6f} and {best:.6f})")
start = time.perf_counter()
best = graph_i.modularity(leiden(-1).membership, weights=weights)
print(f"       igraph's Leiden run to its end: {best:.6f} in {time.perf_counter() - start:.1f} s")

# --- NetworKit on one thread: times ---

networkit.setNumberOfThreads(1)
rows, columns = edges[:, 0].astype(numpy.uint64), edges[:, 1].astype(numpy.uint64)
strengths = edges[:, 2].astype(float)


def build_networkit():
    graph = networkit.Graph(nodes, weighted=True)
    graph.addEdges((strengths, (rows, columns)), checkMultiEdge=False)
    return graph


# The edges of the network are given: projecting it is what the others are spared.
graph_k = timed("NetworKit", "build", build_networkit)
timed("NetworKit", "components", lambda: networkit.components.ConnectedComponents(graph_k).run())
timed("NetworKit", "cores", lambda: networkit.centrality.CoreDecomposition(graph_k).run())
timed("NetworKit", "pagerank", lambda: networkit.centrality.PageRank(graph_k, 0.85, 1e-10).run())
timed("NetworKit", "communities", lambda: networkit.community.PLM(graph_k, True).run())
division = networkit.community.PLM(graph_k, True)
division.run()
best = networkit.community.Modularity().getQuality(division.getPartition(), graph_k)
print(f"       modularity of NetworKit's Louvain: {best:.6f}")

# --- the times side by side ---

measures = ["build", "components", "cores", "pagerank", "communities", "betweenness"]
libraries = ["Consortia", "NetworKit", "igraph", "networkx"]
print(f"\n| seconds, one thread | {' | '.join(libraries)} |")
print(f"|---|{'---:|' * len(libraries)}")
for what in measures:
    cells = [
        f"{times[library, what]:.4f}" if (library, what) in times else "" for library in libraries
    ]
    print(f"| {what} | {' | '.join(cells)} |")
without = measures[:-1]
ours, theirs = (sum(times[library, what] for what in without) for library in libraries[:2])
print(f"\nall but betweenness: {ours:.3f} s, NetworKit {theirs:.3f} s, ratio {ours / theirs:.2f}")
ratio = times["Consortia", "betweenness"] / times["igraph", "betweenness"]
print(f"betweenness from {len(pivots)} sources: ratio to igraph {ratio:.2f}")
if failures:
    sys.exit(f"\n{len(failures)} failed: {', '.join(failures)}")
