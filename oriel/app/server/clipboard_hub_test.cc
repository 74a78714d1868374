// The rules of the one clipboard, with a desktop in memory and viewers that only keep what they are
// told. What is fetched comes at once unless a test holds it back.

#include "oriel/app/server/clipboard_hub.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <list>
#include <random>

#include "oriel/app/server/limits.h"
#include "oriel/core/clipboard/dib.h"
#include "oriel/core/image/png.h"
#include "oriel/io/desktop/memory_clipboard.h"

namespace oriel::server {
namespace {

using clipboard::Format;
using clipboard::format_bit;
using desktop::ClipboardFormat;
using Said = std::vector<rfb::ClipboardMessage>;
using namespace std::chrono_literals;

constexpr rfb::FormatBits kText = format_bit(Format::kText);
constexpr rfb::FormatBits kHtml = format_bit(Format::kHtml);
constexpr rfb::FormatBits kDib = format_bit(Format::kDib);
const std::string kEverything = "é Ж 中 \xf0\x9f\x98\x80\nsecond line";

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }
rfb::ClipboardProvide text_of(std::string_view text) { return {{{Format::kText, bytes_of(text)}}}; }

// Sizes of 0, as TigerVNC and noVNC say: everything is announced and asked for.
constexpr rfb::ClipboardCaps kAnnounceAll{0b1111, rfb::kAllClipboardActions, {}};

struct FakePeer final : ClipboardPeer {
  ViewerId id() const override { return number; }
  bool can_take_clipboard() const override { return can_take; }
  const rfb::ClipboardCaps* clipboard_caps() const override { return caps ? &*caps : nullptr; }
  void say_clipboard(const rfb::ClipboardMessage& message) override { said.push_back(message); }
  void say_clipboard_body(ByteSpan body) override {
    rfb::ClipboardLimits limits;
    limits.fill(100u << 20);
    said.push_back(*rfb::parse_clipboard_message(body, limits));
  }
  void show_clipboard(ByteSpan latin1) override { texts.emplace_back(as_text(latin1)); }

  Said take() { return std::exchange(said, {}); }

  ViewerId number = 0;
  bool can_take = true;
  std::optional<rfb::ClipboardCaps> caps;
  Said said;
  std::vector<std::string> texts;
};

struct Shared {
  explicit Shared(ClipboardHubConfig wish = {}) {
    wish.may_copy = [this](ViewerId viewer) { return viewer != may_not_copy; };
    wish.changed = [this](bool is_by_viewer) { changes.push_back(is_by_viewer); };
    hub.emplace(io.get_executor(), &desktop, std::move(wish), observe::Logger());
  }

  FakePeer& latin1() { return add(std::nullopt); }
  FakePeer& extended(const rfb::ClipboardCaps& caps = kAnnounceAll) { return add(caps); }
  FakePeer& add(std::optional<rfb::ClipboardCaps> caps) {
    auto& peer = peers.emplace_back();
    peer.number = peers.size();
    peer.caps = caps;
    hub->add(peer);
    return peer;
  }
  void say(const FakePeer& peer, const rfb::ClipboardMessage& message) {
    hub->viewer_said(peer.number, rfb::ClipboardCame{message});
  }
  void cut(const FakePeer& peer, std::string_view latin1) {
    hub->viewer_said(peer.number, rfb::CutText{bytes_of(latin1)});
  }
  void copy(std::map<ClipboardFormat, Bytes> contents) {
    desktop.copy(std::move(contents));
    hub->desktop_changed(desktop.formats());
  }
  void copy(std::string_view text) { copy({{ClipboardFormat::kText, bytes_of(text)}}); }
  // As a program pastes: nothing while it is not there yet.
  std::optional<Result<Bytes>> paste(ClipboardFormat format = ClipboardFormat::kText) {
    auto answer = std::make_shared<std::optional<Result<Bytes>>>();
    last_paste = answer;
    desktop.request(format, [answer](Result<Bytes> bytes) { *answer = std::move(bytes); });
    return *answer;
  }
  bool run_until(const std::function<bool()>& is_true) {
    for (const auto end = Clock::now() + 20s; !is_true();) {
      if (Clock::now() > end) return false;
      io.restart();
      io.run_one_for(5ms);
    }
    return true;
  }

  boost::asio::io_context io{1};
  desktop::MemoryClipboard desktop;
  ViewerId may_not_copy = 0;
  std::vector<bool> changes;
  std::list<FakePeer> peers;
  std::shared_ptr<std::optional<Result<Bytes>>> last_paste;
  std::optional<ClipboardHub> hub;
};

TEST(ClipboardHub, AnnouncesWhatTheDesktopHasAndGivesItWhenAsked) {
  Shared shared;
  auto& viewer = shared.extended();
  shared.copy(kEverything);
  EXPECT_EQ(viewer.take(), (Said{rfb::ClipboardNotify{kText}}));
  shared.say(viewer, rfb::ClipboardRequest{kText});
  EXPECT_EQ(viewer.take(), (Said{text_of(kEverything)}));
  shared.say(viewer, rfb::ClipboardPeek{});
  EXPECT_EQ(viewer.take(), (Said{rfb::ClipboardNotify{kText}}));
  shared.copy(std::map<ClipboardFormat, Bytes>{});
  EXPECT_EQ(viewer.take(), (Said{rfb::ClipboardNotify{0}}));
  EXPECT_EQ(shared.changes, (std::vector<bool>{false, false}));
}

TEST(ClipboardHub, GivesLatin1ToViewersWithoutTheExtension) {
  Shared shared;
  auto& old = shared.latin1();
  auto& viewer = shared.extended();
  shared.copy("caf\xc3\xa9 \xe4\xb8\xad");
  EXPECT_EQ(old.texts, (std::vector<std::string>{"caf\xe9 ?"}));
  EXPECT_EQ(viewer.take(), (Said{rfb::ClipboardNotify{kText}})) << "nothing else";
  EXPECT_TRUE(old.said.empty());
}

TEST(ClipboardHub, GivesSmallTextAtOnceToWhoAllowsIt) {
  Shared shared;
  auto caps = rfb::default_clipboard_caps();
  auto& viewer = shared.extended(caps);
  caps.unasked_bytes[0] = 7;
  auto& careful = shared.extended(caps);
  caps.actions &= ~rfb::kClipboardProvide;
  auto& proud = shared.extended(caps);
  shared.copy("12345\n");  // 8 bytes on the wire
  EXPECT_EQ(viewer.take(), (Said{text_of("12345\n")}));
  EXPECT_EQ(careful.take(), (Said{rfb::ClipboardNotify{kText}}));
  EXPECT_EQ(proud.take(), (Said{rfb::ClipboardNotify{kText}}));
  shared.copy("123456");
  EXPECT_EQ(careful.take(), (Said{text_of("123456")}));
  viewer.take();
  shared.copy(std::string(kClipboardUnaskedBytes, 'x'));
  EXPECT_EQ(viewer.take(), (Said{rfb::ClipboardNotify{kText}})) << "large, with its NUL";
}

TEST(ClipboardHub, OffersOnlyFormatsThatAViewerTakes) {
  Shared shared;
  auto& text_only = shared.extended({kText, rfb::kAllClipboardActions, {}});
  auto& deaf = shared.extended({0b1111, 0, {}});
  shared.copy({{ClipboardFormat::kText, bytes_of("b")}, {ClipboardFormat::kHtml, bytes_of("<b>")}});
  EXPECT_EQ(text_only.take(), (Said{rfb::ClipboardNotify{kText}}));
  shared.copy({{ClipboardFormat::kHtml, bytes_of("<b>")}});
  EXPECT_EQ(text_only.take(), (Said{rfb::ClipboardNotify{0}}));
  shared.copy({{ClipboardFormat::kRtf, bytes_of("{")}});
  EXPECT_TRUE(text_only.take().empty()) << "there was nothing before";
  EXPECT_TRUE(deaf.take().empty());
}

TEST(ClipboardHub, AsksAViewerOnlyWhenAProgramPastes) {
  Shared shared;
  auto& viewer = shared.extended();
  shared.say(viewer, rfb::ClipboardNotify{kText | kHtml | 0b10000});
  EXPECT_TRUE(viewer.take().empty());
  EXPECT_EQ(shared.desktop.formats(),
            (desktop::ClipboardFormats{ClipboardFormat::kText, ClipboardFormat::kHtml}));
  EXPECT_FALSE(shared.paste());
  const auto first = shared.last_paste;
  EXPECT_FALSE(shared.paste());
  EXPECT_EQ(viewer.take(), (Said{rfb::ClipboardRequest{kText}})) << "once for both";
  shared.say(viewer, text_of(kEverything));
  EXPECT_EQ(**first, bytes_of(kEverything));
  EXPECT_EQ(**shared.last_paste, bytes_of(kEverything));
  EXPECT_EQ(*shared.paste(), bytes_of(kEverything));
  EXPECT_TRUE(viewer.take().empty()) << "kept";
  EXPECT_EQ(shared.changes, (std::vector<bool>{true}));
}

TEST(ClipboardHub, PassesWhatAViewerHasCopiedOnToTheOthers) {
  Shared shared;
  auto& from = shared.extended();
  auto& to = shared.extended();
  auto& old = shared.latin1();
  shared.say(from, rfb::ClipboardNotify{kText});
  EXPECT_EQ(to.take(), (Said{rfb::ClipboardNotify{kText}}));
  EXPECT_EQ(from.take(), (Said{rfb::ClipboardRequest{kText}})) << "for the one with Latin-1";
  shared.say(to, rfb::ClipboardRequest{kText});
  EXPECT_TRUE(to.take().empty());
  shared.say(from, text_of(kEverything));
  EXPECT_EQ(to.take(), (Said{text_of(kEverything)}));
  EXPECT_EQ(old.texts, (std::vector<std::string>{"\xe9 ? ? ?\nsecond line"}));
  EXPECT_TRUE(from.take().empty()) << "its own never comes back";
  shared.cut(old, "gr\xfc\xdf");
  EXPECT_EQ(*shared.paste(), bytes_of("grüß"));
  EXPECT_EQ(from.take(), (Said{rfb::ClipboardNotify{kText}}));
  EXPECT_EQ(to.take(), (Said{rfb::ClipboardNotify{kText}}));
  EXPECT_EQ(old.texts.size(), 1u);
}

TEST(ClipboardHub, AnswersARequestForAViewersOwnCopyWithNothing) {
  Shared shared;
  auto& viewer = shared.extended();
  shared.say(viewer, rfb::ClipboardNotify{kText});
  shared.say(viewer, rfb::ClipboardRequest{kText});
  EXPECT_EQ(viewer.take(), (Said{rfb::ClipboardProvide{}}));
  shared.say(viewer, rfb::ClipboardPeek{});
  EXPECT_EQ(viewer.take(), (Said{rfb::ClipboardNotify{0}}));
}

TEST(ClipboardHub, FailsAPasteWhenTheViewerLeavesAndTakesTheOfferBack) {
  Shared shared;
  auto& from = shared.extended();
  auto& to = shared.extended();
  shared.say(from, rfb::ClipboardNotify{kText});
  EXPECT_FALSE(shared.paste());
  to.take();
  shared.hub->remove(from.number);
  ASSERT_TRUE(*shared.last_paste);
  EXPECT_EQ((**shared.last_paste).error().message, "the viewer that has copied it has left");
  EXPECT_TRUE(shared.desktop.formats().empty());
  EXPECT_EQ(to.take(), (Said{rfb::ClipboardNotify{0}}));
}

TEST(ClipboardHub, KeepsWhatWasFetchedWhenTheViewerLeaves) {
  Shared shared;
  auto& from = shared.extended();
  shared.say(from, rfb::ClipboardNotify{kText | kHtml});
  shared.paste();
  shared.say(from, text_of("kept"));
  shared.hub->remove(from.number);
  EXPECT_EQ(shared.desktop.formats(), desktop::ClipboardFormats{ClipboardFormat::kText});
  EXPECT_EQ(*shared.paste(), bytes_of("kept"));
}

TEST(ClipboardHub, FailsAPasteWhenSomethingElseIsCopiedOrRefused) {
  Shared shared;
  auto& viewer = shared.extended();
  shared.say(viewer, rfb::ClipboardNotify{kText});
  shared.paste();
  shared.say(viewer, rfb::ClipboardNotify{kText});
  EXPECT_EQ((**shared.last_paste).error().message, "something else was copied meanwhile");
  shared.paste();
  shared.hub->viewer_said(viewer.number, rfb::ClipboardRefused{"too large"});
  EXPECT_EQ((**shared.last_paste).error().message, "too large");
  shared.paste();
  shared.say(viewer, rfb::ClipboardProvide{});
  EXPECT_EQ((**shared.last_paste).error().message, "the viewer has it no more");
}

TEST(ClipboardHub, GivesUpAViewerThatDoesNotAnswerAndKeepsWhatComesTooLate) {
  ClipboardHubConfig config;
  config.answer_timeout = 1ms;
  Shared shared(config);
  auto& viewer = shared.extended();
  shared.say(viewer, rfb::ClipboardNotify{kText | kHtml});
  shared.paste();
  ASSERT_TRUE(shared.run_until([&] { return shared.last_paste->has_value(); }));
  EXPECT_EQ((**shared.last_paste).error().code, ErrorCode::kTimeout);
  shared.say(viewer, text_of("late"));
  EXPECT_EQ(*shared.paste(), bytes_of("late"));
  EXPECT_EQ(shared.changes, (std::vector<bool>{true})) << "it is no other copy";
  EXPECT_TRUE(shared.desktop.formats().contains(ClipboardFormat::kHtml));
}

TEST(ClipboardHub, AsksNothingOfAViewerThatCopiesLaterThanAnEchoWould) {
  ClipboardHubConfig config;
  config.echo_window = Duration::zero();
  Shared shared(config);
  auto& viewer = shared.extended();
  shared.copy("old");
  viewer.take();
  shared.say(viewer, rfb::ClipboardNotify{kText});
  EXPECT_TRUE(viewer.take().empty());
  EXPECT_EQ(shared.changes, (std::vector<bool>{false, true}));
}

TEST(ClipboardHub, TakesNoPictureFromAViewerThatWasJustToldOfOne) {
  Shared shared;
  auto& viewer = shared.extended();
  shared.copy({{ClipboardFormat::kPng, bytes_of("picture")}});
  shared.say(viewer, rfb::ClipboardNotify{kDib});
  shared.say(viewer, rfb::ClipboardProvide{{{Format::kDib, bytes_of("picture")}}});
  EXPECT_EQ(shared.changes, (std::vector<bool>{false}));
  shared.say(viewer, rfb::ClipboardNotify{kDib | kText});
  EXPECT_EQ(shared.changes, (std::vector<bool>{false, true})) << "it has more than it was told of";
}

TEST(ClipboardHub, TakesTextThatComesUnasked) {
  Shared shared;
  auto& viewer = shared.extended();
  shared.say(viewer, text_of("a\r\nb\x07"));
  EXPECT_EQ(*shared.paste(), bytes_of("a\nb")) << "made fit for programs";
  shared.say(viewer, text_of("next"));
  EXPECT_EQ(*shared.paste(), bytes_of("next"));
}

// Two viewers that send back all that they get.
TEST(ClipboardHub, EndsLoopsOfViewersThatSendEverythingBack) {
  Shared shared;
  auto& first = shared.extended();
  auto& second = shared.extended();
  auto& old = shared.latin1();
  shared.copy("from the desktop");
  std::size_t echoes = 0;
  for (bool is_moving = true; is_moving && echoes < 100;) {
    is_moving = false;
    for (auto* echo : {&first, &second}) {
      for (const auto& message : echo->take()) {
        is_moving = true;
        ++echoes;
        if (std::holds_alternative<rfb::ClipboardNotify>(message)) {
          shared.say(*echo, message);
          shared.say(*echo, rfb::ClipboardRequest{kText});
        } else if (std::holds_alternative<rfb::ClipboardProvide>(message)) {
          shared.say(*echo, message);
          shared.say(*echo, rfb::ClipboardNotify{kText});
        } else {
          shared.say(*echo, text_of("from the desktop"));
        }
      }
    }
    for (const auto& text : std::exchange(old.texts, {})) {
      is_moving = true;
      ++echoes;
      shared.cut(old, text);
    }
  }
  EXPECT_LT(echoes, 20u);
  EXPECT_EQ(shared.changes, (std::vector<bool>{false})) << "nobody has copied anything";
}

TEST(ClipboardHub, TakesAnotherTextFromAViewerThatWasJustToldOfOne) {
  Shared shared;
  auto& viewer = shared.extended();
  shared.copy("old");
  viewer.take();
  shared.say(viewer, rfb::ClipboardNotify{kText});
  EXPECT_EQ(viewer.take(), (Said{rfb::ClipboardRequest{kText}})) << "it may be an echo";
  shared.say(viewer, text_of("new"));
  EXPECT_EQ(*shared.paste(), bytes_of("new"));
}

TEST(ClipboardHub, EndsALoopOfViewersThatAlterWhatTheySendBack) {
  Shared shared;
  auto& first = shared.latin1();
  auto& second = shared.latin1();
  shared.cut(first, "x");
  int turns = 0;
  std::map<const FakePeer*, std::size_t> answered;
  for (bool is_moving = true; is_moving && turns < 100;) {
    is_moving = false;
    for (auto* peer : {&first, &second}) {
      if (peer->texts.size() == std::exchange(answered[peer], peer->texts.size())) continue;
      is_moving = true;
      ++turns;
      shared.cut(*peer, peer->texts.back() + "x");
    }
  }
  EXPECT_LE(turns, 2 * kClipboardReflexesMax + 1);
  // What the desktop copies is given to all, and they are heard again.
  shared.copy("new");
  EXPECT_EQ(first.texts.back(), "new");
  shared.cut(second, "another");
  EXPECT_EQ(first.texts.back(), "another");
}

TEST(ClipboardHub, TakesManyAnswersAtThePaceOfPeople) {
  ClipboardHubConfig config;
  config.echo_window = 0ms;  // everything is later
  Shared shared(config);
  auto& first = shared.latin1();
  auto& second = shared.latin1();
  for (int i = 0; i < 8; ++i) {
    const auto text = std::to_string(i);
    shared.cut(i % 2 == 0 ? first : second, text);
    EXPECT_EQ((i % 2 == 0 ? second : first).texts.back(), text);
  }
}

TEST(ClipboardHub, TakesTheLastOfABurstWhenItsTimeHasCome) {
  ClipboardHubConfig config;
  config.copies_window = 200ms;
  Shared shared(config);
  auto& fast = shared.latin1();
  auto& other = shared.latin1();
  for (std::size_t i = 0; i < kClipboardCopiesPerSecond + 5; ++i)
    shared.cut(fast, "copy " + std::to_string(i));
  EXPECT_EQ(other.texts.size(), kClipboardCopiesPerSecond);
  EXPECT_TRUE(shared.run_until([&] { return other.texts.back() == "copy 24"; }));
  EXPECT_EQ(other.texts.size(), kClipboardCopiesPerSecond + 1) << "and none in between";
}

TEST(ClipboardHub, TakesNoCopyThatHadToWaitWhenSomebodyElseHasCopiedSince) {
  ClipboardHubConfig config;
  config.copies_window = 50ms;
  Shared shared(config);
  auto& fast = shared.latin1();
  auto& other = shared.latin1();
  for (std::size_t i = 0; i <= kClipboardCopiesPerSecond; ++i)
    shared.cut(fast, "copy " + std::to_string(i));
  shared.copy("later");
  const auto end = Clock::now() + 100ms;
  shared.run_until([&] { return Clock::now() > end; });
  EXPECT_EQ(other.texts.back(), "later");
}

TEST(ClipboardHub, IgnoresWhatALatin1ViewerSendsBack) {
  Shared shared;
  auto& old = shared.latin1();
  shared.copy("\xe4\xb8\xad \xc3\xa9");
  shared.cut(old, "? \xe9");
  EXPECT_EQ(*shared.paste(), bytes_of("中 é")) << "the original";
  shared.cut(old, "mine");
  EXPECT_EQ(*shared.paste(), bytes_of("mine"));
  EXPECT_EQ(old.texts.size(), 1u);
}

TEST(ClipboardHub, CarriesPicturesAsBitmapsAndAsPng) {
  image::RgbaImage picture{{31, 17}, Bytes(31 * 17 * 4)};
  std::mt19937 random(5);
  for (auto& byte : picture.pixels) byte = static_cast<std::uint8_t>(random());
  Shared shared;
  auto& viewer = shared.extended();
  shared.copy({{ClipboardFormat::kPng, image::write_png(picture)}});
  EXPECT_EQ(viewer.take(), (Said{rfb::ClipboardNotify{kDib}}));
  shared.say(viewer, rfb::ClipboardRequest{kDib});
  ASSERT_TRUE(shared.run_until([&] { return !viewer.said.empty(); }));
  EXPECT_EQ(viewer.take(),
            (Said{rfb::ClipboardProvide{{{Format::kDib, clipboard::write_dib(picture)}}}}));

  auto& from = shared.extended();
  shared.say(from, rfb::ClipboardNotify{kDib});
  shared.paste(ClipboardFormat::kPng);
  EXPECT_EQ(from.take(), (Said{rfb::ClipboardRequest{kDib}}));
  shared.say(from, rfb::ClipboardProvide{{{Format::kDib, clipboard::write_dib(picture)}}});
  ASSERT_TRUE(shared.run_until([&] { return shared.last_paste->has_value(); }));
  EXPECT_EQ(image::parse_png(***shared.last_paste), picture);
}

TEST(ClipboardHub, TellsThatAPictureIsBroken) {
  Shared shared;
  auto& viewer = shared.extended();
  shared.copy({{ClipboardFormat::kPng, bytes_of("no picture")}});
  viewer.take();
  shared.say(viewer, rfb::ClipboardRequest{kDib});
  ASSERT_TRUE(shared.run_until([&] { return !viewer.said.empty(); }));
  EXPECT_EQ(viewer.take(), (Said{rfb::ClipboardProvide{}}));
  shared.say(viewer, rfb::ClipboardNotify{kText | kDib});
  shared.say(viewer, text_of("not an echo"));
  shared.paste(ClipboardFormat::kPng);
  shared.say(viewer, rfb::ClipboardProvide{{{Format::kDib, bytes_of("BM")}}});
  ASSERT_TRUE(shared.run_until([&] { return shared.last_paste->has_value(); }));
  EXPECT_EQ((**shared.last_paste).error().message, "DIB: 2 bytes are no header");
}

TEST(ClipboardHub, CarriesHtmlWithAndWithoutItsHead) {
  Shared shared;
  auto& viewer = shared.extended();
  shared.copy({{ClipboardFormat::kHtml, bytes_of("<b>中</b>")}});
  viewer.take();
  shared.say(viewer, rfb::ClipboardRequest{kHtml});
  auto said = viewer.take();
  ASSERT_EQ(said.size(), 1u);
  const auto wire = std::get<rfb::ClipboardProvide>(said[0]).contents.at(Format::kHtml);
  EXPECT_TRUE(as_text(wire).starts_with("Version:0.9\r\n"));
  auto& from = shared.extended();
  shared.say(from, rfb::ClipboardProvide{{{Format::kHtml, wire}}});
  EXPECT_EQ(*shared.paste(ClipboardFormat::kHtml), bytes_of("<b>中</b>"));
}

TEST(ClipboardHub, KeepsTheLimitBothWays) {
  ClipboardHubConfig config;
  config.record.max_bytes = 5;
  Shared shared(config);
  auto& viewer = shared.extended();
  auto& old = shared.latin1();
  shared.copy("123456");
  EXPECT_TRUE(old.texts.empty());
  viewer.take();
  shared.say(viewer, rfb::ClipboardRequest{kText});
  EXPECT_EQ(viewer.take(), (Said{rfb::ClipboardProvide{}}));
  shared.cut(old, "123456");
  EXPECT_EQ(shared.changes.size(), 1u);
  shared.cut(old, "12345");
  EXPECT_EQ(*shared.paste(), bytes_of("12345"));
  viewer.take();
  shared.say(viewer, rfb::ClipboardNotify{kText});
  shared.say(viewer, text_of("123456"));
  EXPECT_EQ(*shared.paste(), bytes_of("12345")) << "a copy that is too large is none";
}

TEST(ClipboardHub, IsOffPerDirection) {
  ClipboardHubConfig no_in, no_out;
  no_in.takes = false;
  no_out.gives = false;
  Shared only_out(no_in), only_in(no_out);
  for (auto* shared : {&only_out, &only_in}) {
    auto& viewer = shared->extended();
    auto& old = shared->latin1();
    shared->copy("desktop");
    EXPECT_EQ(viewer.take().empty(), shared == &only_in);
    EXPECT_EQ(old.texts.empty(), shared == &only_in);
    shared->say(viewer, rfb::ClipboardRequest{kText});
    EXPECT_EQ(viewer.take().empty(), shared == &only_in);
    shared->say(viewer, text_of("viewer"));
    EXPECT_EQ(*shared->paste(), bytes_of(shared == &only_in ? "viewer" : "desktop"));
    shared->cut(old, "latin");
    EXPECT_EQ(*shared->paste(), bytes_of(shared == &only_in ? "latin" : "desktop"));
  }
  EXPECT_EQ(ClipboardHub::caps(false, false), rfb::ClipboardCaps{});
  EXPECT_EQ(ClipboardHub::caps(true, false).actions,
            rfb::kClipboardNotify | rfb::kClipboardProvide);
  EXPECT_EQ(ClipboardHub::caps(false, true).actions, rfb::kClipboardRequest | rfb::kClipboardPeek);
}

TEST(ClipboardHub, TakesNothingFromWhoMayNotCopyOrWasNotAdded) {
  Shared shared;
  auto& viewer = shared.extended();
  shared.may_not_copy = viewer.number;
  shared.say(viewer, rfb::ClipboardNotify{kText});
  shared.say(viewer, text_of("text"));
  shared.hub->viewer_said(99, rfb::CutText{bytes_of("text")});
  EXPECT_TRUE(shared.changes.empty());
  EXPECT_TRUE(shared.desktop.formats().empty());
}

TEST(ClipboardHub, KeepsAHistoryWhenAsked) {
  ClipboardHubConfig config;
  config.record.history_entries = 2;
  Shared shared(config), without;
  for (const char* text : {"a", "b"}) shared.copy(text);
  auto& viewer = shared.extended();
  shared.say(viewer, rfb::ClipboardNotify{kText});
  EXPECT_EQ(viewer.take(), (Said{rfb::ClipboardRequest{kText}}));
  shared.say(viewer, text_of("c"));
  const auto recent = shared.hub->record().history()->recent();
  ASSERT_EQ(recent.size(), 2u);
  EXPECT_EQ(recent[0].text, "c");
  EXPECT_EQ(recent[1].text, "b");
  EXPECT_EQ(shared.hub->read_history()->size(), 2u);
  EXPECT_EQ(shared.hub->read_history()->front().text, "c");
  without.copy("a");
  EXPECT_TRUE(without.hub->read_history()->empty());
  EXPECT_EQ(without.hub->record().history(), nullptr);
  EXPECT_EQ(shared.hub->record().client_content()->text, "c");
}

TEST(ClipboardHub, TakesOnlySoManyCopiesASecond) {
  Shared shared;
  auto& viewer = shared.extended();
  auto& other = shared.extended();
  for (int i = 0; i < 1000; ++i) shared.say(viewer, rfb::ClipboardNotify{kText});
  EXPECT_LE(other.said.size(), 2 * kClipboardCopiesPerSecond);
  EXPECT_GE(other.said.size(), kClipboardCopiesPerSecond);
}

TEST(ClipboardHub, SaysNothingToAViewerThatDoesNotRead) {
  Shared shared;
  auto& viewer = shared.extended();
  auto& old = shared.latin1();
  viewer.can_take = old.can_take = false;
  shared.copy("text");
  shared.say(viewer, rfb::ClipboardRequest{kText});
  shared.say(viewer, rfb::ClipboardPeek{});
  EXPECT_TRUE(viewer.take().empty());
  EXPECT_TRUE(old.texts.empty());
}

}  // namespace
}  // namespace oriel::server
