/** Where webhooks may go, and where never. */
import { describe, expect, test } from "@jest/globals";
import { isAllowedAddress, parseNetwork } from "../../../src/webhooks/addresses.js";
import { createDestinations, resolveBySystem } from "../../../src/webhooks/destinations.js";

const PUBLIC = [
  ...["8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.1", "192.0.1.1"],
  ...["198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001:81b::200e"],
  ...["::ffff:8.8.8.8", "::ffff:808:808", "64:ff9b::8.8.8.8"],
];
const SPECIAL = [
  ...["0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255"],
  ...["127.0.0.1", "127.255.255.254", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255"],
  ...["192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255"],
  ...[
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
  ],
  ...[
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
  ],
  ...["64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::8.8.8.8", "2002:7f00:1::", "2002:0808:0808::1"],
  ...["2001::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "3fff::1", "100::1", "5f00::1"],
  ...["fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1"],
];

describe("N10: addresses", () => {
  test.each(PUBLIC)("N10: public: %s", (address) => {
    expect(isAllowedAddress(address, [])).toBe(true);
  });

  test.each(SPECIAL)("N10: not public: %s", (address) => {
    expect(isAllowedAddress(address, [])).toBe(false);
  });

  test.each(["", "localhost", "1.2.3", "8.8.8.8.8", "::g"])("N10: no address at all: %p", (text) => {
    expect(isAllowedAddress(text, [parseNetwork("0.0.0.0/0"), parseNetwork("::/0")])).toBe(false);
  });

  test("N10: what lies in a network that is named is allowed, however it is written, and its neighbours are not", () => {
    const networks = ["10.1.0.0/16", "fd12::/16", "192.168.7.7/32"].map(parseNetwork);
    for (const good of ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd12::1", "192.168.7.7"])
      expect([good, isAllowedAddress(good, networks)]).toEqual([good, true]);
    for (const bad of ["10.2.0.1", "fd13::1", "192.168.7.6", "192.168.7.8"])
      expect([bad, isAllowedAddress(bad, networks)]).toEqual([bad, false]);
  });

  test.each(["10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "x/8", "10.0.0.0/8/8", "::/129", "10.0.0.0/"])(
    "N10: not a network: %p",
    (text) => {
      expect(() => parseNetwork(text)).toThrow("not a network");
    },
  );
});

const strict = createDestinations([], resolveBySystem);
const withLoopback = createDestinations(["127.0.0.0/8", "::1/128"].map(parseNetwork), resolveBySystem);

describe("N10: URLs", () => {
  test.each([
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://me.localhost/",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1:8443/hook",
    "https://①②⑦.0.0.1/",
    "http://127.0.0.1/",
    "http://localhost/",
  ])("N10: refused address: %s", (url) => {
    expect(strict.refusalOf(url)).toEqual({ reason: "address_refused", field: "url" });
  });

  test.each([
    "",
    "example.com",
    "ftp://example.com/",
    "http://example.com/",
    "http://8.8.8.8/",
    "http://10.0.0.1/",
    "javascript:alert(1)",
    "https://user@example.com/",
    "https://user:secret@example.com/",
    "https://",
    `https://example.com/${"a".repeat(500)}`,
  ])("N10: not a valid URL for a webhook: %s", (url) => {
    expect(withLoopback.refusalOf(url)).toMatchObject({ reason: "invalid_parameter", field: "url" });
  });

  test("N10: fine: https to a public address or a name; loopback, also by http, where it is named", () => {
    for (const url of ["https://example.com/a?b=c", "https://8.8.8.8/", "https://[2606:4700::1111]:8443/"])
      expect([url, strict.refusalOf(url)]).toEqual([url, null]);
    for (const url of ["http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]/", "https://127.9.9.9/"])
      expect([url, withLoopback.refusalOf(url)]).toEqual([url, null]);
  });
});
