#include "oriel/app/web/web_assets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace oriel::web {
namespace {

using testing::HasSubstr;
using testing::IsNull;
using testing::MatchesRegex;
using testing::UnorderedElementsAre;

TEST(WebAssets, HoldThePageWhatItLoadsAndTheNotices) {
  std::set<std::string_view> paths;
  for (const WebAsset& asset : web_assets()) paths.insert(asset.path);
  EXPECT_THAT(paths, UnorderedElementsAre("/", "/favicon.svg", "/licenses.txt", "/main.js",
                                          "/style.css", "/uplot.js"));
}

TEST(WebAssets, HaveTheContentTypesThatBrowsersAskFor) {
  EXPECT_EQ(find_web_asset("/")->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(find_web_asset("/main.js")->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(find_web_asset("/style.css")->content_type, "text/css; charset=utf-8");
  EXPECT_EQ(find_web_asset("/favicon.svg")->content_type, "image/svg+xml");
  EXPECT_EQ(find_web_asset("/licenses.txt")->content_type, "text/plain; charset=utf-8");
}

TEST(WebAssets, HaveStrongEtagsThatDiffer) {
  std::set<std::string_view> etags;
  for (const WebAsset& asset : web_assets()) {
    EXPECT_THAT(std::string(asset.etag), MatchesRegex("\"[0-9a-f]{32}\"")) << asset.path;
    etags.insert(asset.etag);
  }
  EXPECT_EQ(etags.size(), web_assets().size());
}

TEST(WebAssets, HoldEveryByteOfTheFilesTheyWereBuiltFrom) {
  for (const WebAsset& asset : web_assets()) {
    const std::string name(asset.path == "/" ? "/index.html" : asset.path);
    std::ifstream file(WEB_DIST + name, std::ios::binary);
    ASSERT_TRUE(file) << name;
    const std::string built{std::istreambuf_iterator<char>(file), {}};
    EXPECT_TRUE(as_text(asset.body) == built) << name;
  }
}

TEST(WebAssets, HaveSmallerVariantsOfTextEachWithItsOwnEtag) {
  for (const char* path : {"/", "/licenses.txt", "/main.js", "/style.css", "/uplot.js"}) {
    const auto& asset = *find_web_asset(path);
    ASSERT_EQ(asset.variants.size(), 2u) << path;
    EXPECT_EQ(asset.variants[0].coding, "br") << path;
    EXPECT_EQ(asset.variants[1].coding, "gzip") << path;
    EXPECT_LT(asset.variants[0].body.size(), asset.variants[1].body.size()) << path;
    EXPECT_LT(asset.variants[1].body.size(), asset.body.size()) << path;
    std::set<std::string_view> etags = {asset.etag};
    for (const auto& variant : asset.variants) etags.insert(variant.etag);
    EXPECT_EQ(etags.size(), 3u) << path;
  }
}

TEST(WebAssets, LoadFirstWithAtMostThreeHundredKilobytes) {
  std::size_t bytes = 0;
  for (const char* path : {"/", "/favicon.svg", "/main.js", "/style.css"}) {
    const auto& asset = *find_web_asset(path);
    bytes += asset.variants.empty() ? asset.body.size() : asset.variants[0].body.size();
  }
  EXPECT_LT(bytes, 300'000u);
}

TEST(WebAssets, NameTheLicencesOfWhatIsInTheBundle) {
  const std::string text(as_text(find_web_asset("/licenses.txt")->body));
  EXPECT_THAT(text, HasSubstr("noVNC is Copyright (C)"));
  EXPECT_THAT(text, HasSubstr("Mozilla Public License Version 2.0"));
  EXPECT_THAT(text, HasSubstr("Copyright (C) 2014-2016 by Vitaly Puzrin"));
  EXPECT_THAT(text, HasSubstr("Jef Poskanzer"));
  EXPECT_THAT(text, HasSubstr("Copyright (c) 2015-present Jason Miller"));  // Preact
  EXPECT_THAT(text, HasSubstr("Lucide Icons and Contributors"));
  EXPECT_THAT(text, HasSubstr("Copyright (c) 2022 Leon Sorokin"));  // uPlot
}

TEST(WebAssets, FindNothingElse) {
  for (const char* path :
       {"", "/index.html", "//", "/main.js/", "main.js", "/../main.js", "/main.js?x=1"}) {
    EXPECT_THAT(find_web_asset(path), IsNull()) << path;
  }
}

}  // namespace
}  // namespace oriel::web
