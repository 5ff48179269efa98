#include "net/address.h"

namespace {

TEST(Address, TellsPublicFromPrivate) {
    const std::vector<std::string_view> open = {
        "1.1.1.1",          "8.8.8.8",         "9.255.255.255",        "11.0.0.0",
        "100.63.255.255",   "100.128.0.0",     "126.255.255.255",      "128.0.0.1",
        "169.253.255.255",  "169.255.0.0",     "172.15.255.255",       "172.32.0.0",
        "192.167.255.255",  "192.169.0.0",     "198.17.255.255",       "198.20.0.0",
        "223.255.255.255",  "2606:4700::1",    "2a00:1450:4001::200e", "::ffff:8.8.8.8",
        "64:ff9b::808:808", "2002:808:808::1",
    };
    const std::vector<std::string_view> closed = {
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::1",
        "2001:0:1::1",
        "2001:db8::1",
        "::127.0.0.1",
        "",
        "localhost",
        "1.1.1",
        "0x7f.1",
        "1.1.1.1.1",
    };
    for (const std::string_view text : open) EXPECT_TRUE(net::is_public(text)) << text;
    for (const std::string_view text : closed) EXPECT_FALSE(net::is_public(text)) << text;
}

TEST(Address, TellsNumbersFromNames) {
    EXPECT_TRUE(net::is_numeric("127.0.0.1"));
    EXPECT_TRUE(net::is_numeric("::1"));
    EXPECT_FALSE(net::is_numeric("localhost"));
    EXPECT_FALSE(net::is_numeric("1.example.com"));
}

TEST(Address, AnUnknownFamilyIsNotPublic) {
    net::Address address;
    address.storage.ss_family = AF_UNIX;
    EXPECT_FALSE(net::is_public(address.get()));
    EXPECT_EQ(address.str(), "unknown address");
}

}  // namespace
