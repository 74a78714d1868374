#include "oriel/app/web/asset_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace oriel::web {
namespace {

constexpr std::string_view kPlain = "0123456789";

const WebAssetVariant kVariants[] = {{"br", "\"a-br\"", as_bytes(std::string_view("bbb"))},
                                     {"gzip", "\"a-gzip\"", as_bytes(std::string_view("gggg"))}};

WebAsset asset() {
  return {"/main.js", "text/javascript; charset=utf-8", "\"a\"", as_bytes(kPlain), kVariants};
}

net::HttpResponse respond(std::initializer_list<net::HttpField> fields, bool is_head = false) {
  net::HttpRequest request;
  request.method = "GET";
  request.path = "/main.js";
  request.fields = fields;
  request.is_head = is_head;
  return asset_response(asset(), request);
}

std::string field(const net::HttpResponse& response, std::string_view name) {
  for (const auto& field : response.fields) {
    if (field.name == name) return field.value;
  }
  return "(none)";
}

std::string text(const net::HttpResponse& response) {
  return std::string(as_text(response.content()));
}

TEST(AssetResponse, SendsTheFileAsItIsToWhoTakesNoCoding) {
  const auto response = respond({});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(text(response), kPlain);
  EXPECT_EQ(field(response, "Content-Encoding"), "(none)");
  EXPECT_EQ(field(response, "Vary"), "Accept-Encoding");
  EXPECT_EQ(field(response, "ETag"), "\"a\"");
  EXPECT_EQ(field(response, "Accept-Ranges"), "bytes");
}

struct CodingCase {
  const char* accepted;
  const char* expected;  // the variant's body
};

class AssetCoding : public ::testing::TestWithParam<CodingCase> {};

TEST_P(AssetCoding, IsTheSmallestThatTheClientTakes) {
  const auto response = respond({{"Accept-Encoding", GetParam().accepted}});
  EXPECT_EQ(text(response), GetParam().expected);
  const std::string expected = GetParam().expected;
  EXPECT_EQ(field(response, "Content-Encoding"), expected == "bbb"    ? "br"
                                                 : expected == "gggg" ? "gzip"
                                                                      : "(none)");
}

INSTANTIATE_TEST_SUITE_P(
    AcceptEncoding, AssetCoding,
    ::testing::Values(CodingCase{"gzip, deflate, br, zstd", "bbb"}, CodingCase{"gzip", "gggg"},
                      CodingCase{"GZIP", "gggg"}, CodingCase{"br;q=0, gzip;q=0.5", "gggg"},
                      CodingCase{"br ; q=0.001", "bbb"}, CodingCase{"br;q=0.000,*", "gggg"},
                      CodingCase{"*", "bbb"}, CodingCase{"*;q=0", "0123456789"},
                      CodingCase{"*;q=0, gzip", "gggg"}, CodingCase{"identity", "0123456789"},
                      CodingCase{"brotli, gzipped", "0123456789"}, CodingCase{"", "0123456789"},
                      CodingCase{", ,,", "0123456789"}, CodingCase{";q=1", "0123456789"},
                      CodingCase{"br;q=", "bbb"}));

TEST(AssetResponse, HasAnEtagPerVariant) {
  EXPECT_EQ(field(respond({{"Accept-Encoding", "br"}}), "ETag"), "\"a-br\"");
  EXPECT_EQ(field(respond({{"Accept-Encoding", "gzip"}}), "ETag"), "\"a-gzip\"");
}

TEST(AssetResponse, SaysNotModifiedOfTheVariantThatTheClientHas) {
  const auto known = respond({{"Accept-Encoding", "br"}, {"If-None-Match", "\"x\", W/\"a-br\""}});
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(text(known), "");
  EXPECT_EQ(field(known, "ETag"), "\"a-br\"");
  EXPECT_EQ(field(known, "Vary"), "Accept-Encoding");
  EXPECT_EQ(respond({{"Accept-Encoding", "br"}, {"If-None-Match", "\"a\""}}).status, 200);
  EXPECT_EQ(respond({{"If-None-Match", "*"}}).status, 304);
}

struct RangeCase {
  const char* range;
  int status;
  const char* body;
  const char* content_range;
};

class AssetRange : public ::testing::TestWithParam<RangeCase> {};

TEST_P(AssetRange, IsObeyedWhenItIsOneWellFormedRange) {
  const auto response = respond({{"Range", GetParam().range}});
  EXPECT_EQ(response.status, GetParam().status);
  if (GetParam().status != 416) {
    EXPECT_EQ(text(response), GetParam().body);
  }
  EXPECT_EQ(field(response, "Content-Range"), GetParam().content_range);
}

INSTANTIATE_TEST_SUITE_P(
    Ranges, AssetRange,
    ::testing::Values(RangeCase{"bytes=0-0", 206, "0", "bytes 0-0/10"},
                      RangeCase{"bytes=2-4", 206, "234", "bytes 2-4/10"},
                      RangeCase{"bytes=8-", 206, "89", "bytes 8-9/10"},
                      RangeCase{"bytes=-3", 206, "789", "bytes 7-9/10"},
                      RangeCase{"bytes=-11", 206, "0123456789", "bytes 0-9/10"},
                      RangeCase{"bytes=9-9", 206, "9", "bytes 9-9/10"},
                      RangeCase{"bytes=9-10", 206, "9", "bytes 9-9/10"},
                      RangeCase{"bytes=0-18446744073709551615", 206, "0123456789", "bytes 0-9/10"},
                      RangeCase{"bytes=0-99999999999999999999", 206, "0123456789", "bytes 0-9/10"},
                      RangeCase{"bytes=10-", 416, "", "bytes */10"},
                      RangeCase{"bytes=10-12", 416, "", "bytes */10"},
                      RangeCase{"bytes=99999999999999999999-", 416, "", "bytes */10"},
                      RangeCase{"bytes=-0", 416, "", "bytes */10"},
                      RangeCase{"bytes=4-2", 200, "0123456789", "(none)"},
                      RangeCase{"bytes=0-1,3-4", 200, "0123456789", "(none)"},
                      RangeCase{"bytes=-", 200, "0123456789", "(none)"},
                      RangeCase{"bytes=", 200, "0123456789", "(none)"},
                      RangeCase{"bytes=a-b", 200, "0123456789", "(none)"},
                      RangeCase{"bytes=--1", 200, "0123456789", "(none)"},
                      RangeCase{"lines=0-1", 200, "0123456789", "(none)"}));

TEST(AssetResponse, TakesTheRangeFromTheVariantItSends) {
  const auto response = respond({{"Accept-Encoding", "gzip"}, {"Range", "bytes=1-2"}});
  EXPECT_EQ(text(response), "gg");
  EXPECT_EQ(field(response, "Content-Range"), "bytes 1-2/4");
  EXPECT_EQ(field(response, "Content-Encoding"), "gzip");
}

TEST(AssetResponse, SendsAllWhenTheFileHasChangedSinceThePartThatTheClientHas) {
  EXPECT_EQ(respond({{"Range", "bytes=1-2"}, {"If-Range", "\"a\""}}).status, 206);
  EXPECT_EQ(respond({{"Range", "bytes=1-2"}, {"If-Range", "\"old\""}}).status, 200);
  EXPECT_EQ(respond({{"Range", "bytes=1-2"}, {"If-Range", "W/\"a\""}}).status, 200);
}

TEST(AssetResponse, IgnoresARangeOfAHeadRequest) {
  EXPECT_EQ(respond({{"Range", "bytes=1-2"}}, /*is_head=*/true).status, 200);
}

}  // namespace
}  // namespace oriel::web
