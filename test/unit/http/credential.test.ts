/** What `Authorization` can hold: a key and its secret (RFC 7617, RFC 6749 section 2.3.1). */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readBasic } from "../../../src/http/credential.js";

const shown = (...authorization: readonly string[]) =>
  readBasic({ headersDistinct: { authorization: [...authorization] } });
const encoded = (pair: string): string => Buffer.from(pair).toString("base64");
const formEncoded = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);

describe("Basic", () => {
  test("any key without a colon and any secret are read as they are, and as OAuth's clients encode them", () => {
    const wellFormed = fc.string({ unit: "grapheme" });
    const key = wellFormed.filter((text) => !text.includes(":"));
    fc.assert(
      fc.property(key, wellFormed, (apiKey, secret) => {
        expect(shown(`Basic ${encoded(`${apiKey}:${secret}`)}`)[0]).toEqual({ apiKey, secret });
        const asOAuth = shown(`Basic ${encoded(`${formEncoded(apiKey)}:${formEncoded(secret)}`)}`);
        expect(asOAuth.at(-1)).toEqual({ apiKey, secret });
      }),
    );
  });

  test("a secret that only looks encoded is offered in both readings, as it is first", () => {
    expect(shown(`basic ${encoded("key:a+b%2Fc&v=d")}`)).toEqual([
      { apiKey: "key", secret: "a+b%2Fc&v=d" },
      { apiKey: "key", secret: "a b/c&v=d" },
    ]);
    expect(shown(`BASIC  ${encoded("key:secret")}`)).toEqual([{ apiKey: "key", secret: "secret" }]);
  });

  test("anything else is nobody's", () => {
    const pair = `Basic ${encoded("key:secret")}`;
    expect([shown(), shown(""), shown("Basic"), shown("Basic "), shown("Basic key:secret")]).toEqual(
      Array.from({ length: 5 }, () => []),
    );
    expect(shown(`Basic ${encoded("no colon")}`)).toEqual([]);
    expect(shown(`Bearer ${encoded("key:secret")}`)).toEqual([]);
    // Two of them: which one counts, another reader may see differently.
    expect(shown(pair, pair)).toEqual([]);
    expect(shown(`${pair}, ${pair}`)).toEqual([]);
  });
});
