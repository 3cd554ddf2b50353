// Shortest paths with std::priority_queue, components with std::unordered_map, and breadth-first
// search with std::deque on a random graph.
#include <algorithm>
#include <cinttypes>
#include <deque>
#include <functional>
#include <list>
#include <queue>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "common.h"

namespace {

struct Edge {
  uint32_t to;
  uint32_t weight;
};
using Graph = std::vector<std::vector<Edge>>;

Graph MakeGraph(uint32_t nodes) {
  Graph graph(nodes);
  uint64_t random = 19;
  for (uint32_t i = 0; i < nodes * 3; ++i) {
    uint32_t from = NextRandom(&random) % nodes;
    uint32_t to = NextRandom(&random) % nodes;
    uint32_t weight = 1 + NextRandom(&random) % 100;
    graph[from].push_back({to, weight});
    if (i % 2 == 0) graph[to].push_back({from, weight + 1});
  }
  return graph;
}

std::vector<uint64_t> ShortestPaths(const Graph& graph, uint32_t start) {
  std::vector<uint64_t> distance(graph.size(), UINT64_MAX);
  using Entry = std::pair<uint64_t, uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>> queue;
  distance[start] = 0;
  queue.emplace(0, start);
  while (!queue.empty()) {
    auto [length, node] = queue.top();
    queue.pop();
    if (length != distance[node]) continue;
    for (const Edge& edge : graph[node]) {
      uint64_t candidate = length + edge.weight;
      if (candidate < distance[edge.to]) {
        distance[edge.to] = candidate;
        queue.emplace(candidate, edge.to);
      }
    }
  }
  return distance;
}

uint32_t FarthestByHops(const Graph& graph, uint32_t start) {
  std::unordered_set<uint32_t> seen = {start};
  std::deque<std::pair<uint32_t, uint32_t>> queue = {{start, 0}};
  uint32_t hops = 0;
  while (!queue.empty()) {
    auto [node, depth] = queue.front();
    queue.pop_front();
    hops = std::max(hops, depth);
    for (const Edge& edge : graph[node]) {
      if (seen.insert(edge.to).second) queue.emplace_back(edge.to, depth + 1);
    }
  }
  return hops;
}

// Union-find with path halving; the groups are gathered in a hash map of lists.
std::pair<size_t, size_t> Components(const Graph& graph) {
  std::vector<uint32_t> parent(graph.size());
  for (uint32_t i = 0; i < parent.size(); ++i) parent[i] = i;
  auto find = [&parent](uint32_t node) {
    while (parent[node] != node) node = parent[node] = parent[parent[node]];
    return node;
  };
  for (uint32_t from = 0; from < graph.size(); ++from) {
    for (const Edge& edge : graph[from]) {
      if (edge.weight > 30) continue;
      parent[find(from)] = find(edge.to);
    }
  }
  std::unordered_map<uint32_t, std::list<uint32_t>> groups;
  for (uint32_t node = 0; node < graph.size(); ++node) groups[find(node)].push_front(node);
  size_t largest = 0;
  for (const auto& [root, members] : groups) largest = std::max(largest, members.size());
  return {groups.size(), largest};
}

}  // namespace

int main(int argc, char** argv) {
  uint32_t nodes = SizeArgument(argc, argv, 600);
  Graph graph = MakeGraph(nodes);
  std::vector<uint64_t> distance = ShortestPaths(graph, 0);
  uint64_t sum = 0;
  uint64_t farthest = 0;
  uint32_t reached = 0;
  for (uint64_t length : distance) {
    sum = Checksum(sum, length);
    if (length == UINT64_MAX) continue;
    ++reached;
    farthest = std::max(farthest, length);
  }
  printf("reached %" PRIu32 ", farthest %" PRIu64 ", sum %016" PRIx64 "\n", reached, farthest, sum);
  printf("hops %" PRIu32 "\n", FarthestByHops(graph, 0));
  auto [groups, largest] = Components(graph);
  printf("groups %zu, largest %zu\n", groups, largest);
  return 0;
}
