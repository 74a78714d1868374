#pragma once
// An agent for programs that have a thread to wait on: each call is done on the loop of the target
// and returns when it is done.
//
//   Agent agent(target);  // such as client::Connection::target()
//   auto clicked = agent.mouse().left_click(100, 100);
//   if (!clicked) return complain(clicked.error());
//   auto still = agent.wait().still({.since = agent.last_action()});
//
// It includes nothing of Asio: programs that only use this and app/client/connection.h compile
// fast.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/agent/act.h"
#include "oriel/app/agent/agent_error.h"
#include "oriel/app/agent/picture.h"
#include "oriel/app/agent/pointer_options.h"
#include "oriel/app/agent/recording.h"
#include "oriel/app/agent/typing.h"
#include "oriel/app/agent/verb_call.h"
#include "oriel/app/agent/wait_options.h"
#include "oriel/core/clipboard/history.h"

namespace oriel::agent {

class AgentTarget;

// Any thread but that of the loop, which gets kState; several at the same time take turns with
// their input. The loop runs, and the target lives, until the agent has been destroyed. When the
// loop ends in a call, that call is kConnection.
class Agent {
 public:
  explicit Agent(AgentTarget& target, const AgentOptions& options = {});
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  class Mouse {
   public:
    // Clicks without a place are where the pointer is.
    AgentStatus move_to(int x, int y, milliseconds delay = {});
    AgentStatus click(const ClickOptions& options);
    AgentStatus left_click(milliseconds delay = {});
    AgentStatus left_click(int x, int y, milliseconds delay = {});
    AgentStatus middle_click(milliseconds delay = {});
    AgentStatus middle_click(int x, int y, milliseconds delay = {});
    AgentStatus right_click(milliseconds delay = {});
    AgentStatus right_click(int x, int y, milliseconds delay = {});
    AgentStatus double_click(milliseconds delay = {});
    AgentStatus double_click(int x, int y, milliseconds delay = {});
    AgentStatus triple_click(milliseconds delay = {});
    AgentStatus triple_click(int x, int y, milliseconds delay = {});
    AgentStatus drag_to(int x, int y, const DragOptions& options = {});
    AgentStatus drag(const std::vector<image::Point>& path, const DragOptions& options = {});
    AgentStatus down(Button button = Button::kLeft);
    AgentStatus up(Button button = Button::kLeft);
    AgentResult<image::Point> position();

   private:
    friend Agent;
    explicit Mouse(Agent& agent) : agent_(agent) {}
    Agent& agent_;
  };

  class Keyboard {
   public:
    AgentStatus type_text(const std::string& text, const TypeOptions& options = {});
    AgentStatus press_key(const KeyNames& keys, int count = 1, milliseconds delay = {});
    AgentStatus hotkey(const KeyNames& keys, milliseconds delay = {});
    AgentStatus key_down(const KeyNames& keys, milliseconds delay = {});
    AgentStatus key_up(const KeyNames& keys, milliseconds delay = {});
    AgentStatus hold(const KeyNames& keys, milliseconds duration, milliseconds delay = {});

   private:
    friend Agent;
    explicit Keyboard(Agent& agent) : agent_(agent) {}
    Agent& agent_;
  };

  class Wheel {
   public:
    AgentStatus up(int amount = 3, const ScrollOptions& options = {});
    AgentStatus down(int amount = 3, const ScrollOptions& options = {});
    AgentStatus left(int amount = 3, const ScrollOptions& options = {});
    AgentStatus right(int amount = 3, const ScrollOptions& options = {});
    AgentStatus at(int x, int y, int dx, int dy, const ScrollOptions& options = {});

   private:
    friend Agent;
    explicit Wheel(Agent& agent) : agent_(agent) {}
    Agent& agent_;
  };

  class Screenshot {
   public:
    AgentResult<Picture> capture(const CaptureOptions& options = {});
    AgentResult<Picture> capture_region(int x, int y, int width, int height);
    AgentResult<PictureInFile> capture_file(const CaptureOptions& options = {},
                                            PictureFormat format = PictureFormat::kPng,
                                            int quality = kPictureQuality);
    AgentResult<Picture> save(const std::string& path, const CaptureOptions& options = {},
                              const SaveOptions& file = {});

   private:
    friend Agent;
    explicit Screenshot(Agent& agent) : agent_(agent) {}
    Agent& agent_;
  };

  class Clipboard {
   public:
    AgentStatus set(const std::string& text, milliseconds delay = {});
    AgentResult<std::string> get(milliseconds timeout = kCatchUpTimeout);
    AgentStatus clear(milliseconds delay = {});
    AgentResult<std::vector<clipboard::ClipboardHistory::Entry>> history(std::size_t count = 10);

   private:
    friend Agent;
    explicit Clipboard(Agent& agent) : agent_(agent) {}
    Agent& agent_;
  };

  class Wait {
   public:
    AgentResult<Seen> still(const StillOptions& options = {});
    AgentResult<Seen> change(const ChangeOptions& options = {});
    AgentResult<Seen> image(const ImageOptions& options);
    AgentResult<Seen> colour(const ColourOptions& options);
    AgentResult<Seen> text(const TextOptions& options);

   private:
    friend Agent;
    explicit Wait(Agent& agent) : agent_(agent) {}
    Agent& agent_;
  };

  class Video {
   public:
    AgentStatus start(const VideoOptions& options = {});
    AgentResult<Recording> stop();
    AgentResult<bool> is_recording();
    AgentResult<Recording> record(milliseconds duration, const VideoOptions& options = {});
    // `is_over` is called on the loop.
    AgentResult<Recording> record_until(const std::function<bool()>& is_over, milliseconds duration,
                                        const VideoOptions& options = {});
    AgentResult<std::size_t> save_frames(const Recording& recording, const std::string& folder,
                                         const std::string& prefix = "frame",
                                         PictureFormat format = PictureFormat::kPng);
    AgentStatus save_video(const Recording& recording, const std::string& path);

   private:
    friend Agent;
    explicit Video(Agent& agent) : agent_(agent) {}
    Agent& agent_;
  };

  Mouse& mouse() { return mouse_; }
  Keyboard& keyboard() { return keyboard_; }
  Wheel& scroll() { return wheel_; }
  Screenshot& screenshot() { return screenshot_; }
  Clipboard& clipboard() { return clipboard_; }
  Video& video() { return video_; }
  Wait& wait() { return wait_; }

  AgentResult<ScreenReport> screen();
  AgentResult<Mark> mark();
  // Nothing before the first.
  std::optional<Mark> last_action();
  AgentStatus perform(const std::vector<Action>& actions, milliseconds delay = {});
  AgentResult<ActReport> act(const ActRequest& request);
  AgentResult<VerbResult> run(const VerbCall& call);

 private:
  struct Shared;
  template <typename T, typename Work>
  AgentResult<T> do_on_loop(Work work);

  std::shared_ptr<Shared> shared_;
  Mouse mouse_{*this};
  Keyboard keyboard_{*this};
  Wheel wheel_{*this};
  Screenshot screenshot_{*this};
  Clipboard clipboard_{*this};
  Video video_{*this};
  Wait wait_{*this};
};

}  // namespace oriel::agent
