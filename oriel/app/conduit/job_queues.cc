#include "oriel/app/conduit/job_queues.h"

#include <utility>

namespace oriel::conduit {
namespace {

// How many times the threads that are free may be at work already when another job begins.
constexpr std::size_t kOfClient = 3;
constexpr std::size_t kOfWork = 2;

}  // namespace

void JobQueues::push(Job job, JobOwner owner) {
  auto& client = clients_[owner.client];
  auto& queue = client.queues[owner.work];
  client.id = owner.client;
  queue.work = owner.work;
  if (client.turns.empty()) turns_.push_back(&client);
  if (queue.jobs.empty()) client.turns.push_back(&queue);
  queue.jobs.push_back(std::move(job));
}

std::optional<JobQueues::Place> JobQueues::find_next() const {
  if (free() == 0) return std::nullopt;
  for (auto client = turns_.begin(); client != turns_.end(); ++client) {
    const bool is_bounded = (*client)->id != nullptr;
    if (is_bounded && (*client)->running >= kOfClient * free()) continue;
    const auto& queues = (*client)->turns;
    for (auto queue = queues.begin(); queue != queues.end(); ++queue)
      if (!is_bounded || (*queue)->running < kOfWork * free()) return Place{client, queue};
  }
  return std::nullopt;
}

std::optional<JobQueues::Begun> JobQueues::begin() {
  const auto next = find_next();
  if (!next) return std::nullopt;
  auto& client = **next->client;
  auto& queue = **next->queue;
  Begun begun{std::move(queue.jobs.front()), {client.id, queue.work}};
  queue.jobs.pop_front();
  ++queue.running;
  ++client.running;
  ++running_;
  // Behind the others, when more of it waits.
  if (queue.jobs.empty())
    client.turns.erase(next->queue);
  else
    client.turns.splice(client.turns.end(), client.turns, next->queue);
  if (client.turns.empty())
    turns_.erase(next->client);
  else
    turns_.splice(turns_.end(), turns_, next->client);
  return begun;
}

void JobQueues::end(const JobOwner& owner) {
  const auto client = clients_.find(owner.client);
  const auto queue = client->second.queues.find(owner.work);
  --running_;
  --client->second.running;
  if (--queue->second.running == 0 && queue->second.jobs.empty())
    client->second.queues.erase(queue);
  if (client->second.queues.empty()) clients_.erase(client);
}

std::deque<JobQueues::Job> JobQueues::take_all() {
  std::deque<Job> all;
  for (auto* client : std::exchange(turns_, {}))
    for (auto* queue : std::exchange(client->turns, {}))
      for (auto& job : std::exchange(queue->jobs, {})) all.push_back(std::move(job));
  for (auto& [id, client] : clients_)
    std::erase_if(client.queues, [](const auto& one) { return one.second.running == 0; });
  std::erase_if(clients_, [](const auto& one) { return one.second.queues.empty(); });
  return all;
}

}  // namespace oriel::conduit
