/** Hostile tokens, rightly signed, whose header or payload is not one plain JSON object (`reference/reliability.md` section 1.1). */
import { HEADER, claimsText, craft, encode, goodClaims, sign } from "./craft.js";
import { malformed } from "./hostile.js";
import type { Hostile } from "./hostile.js";

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

/** A text with bytes put in before its last two characters. */
const bytes = (text: string, ...wrong: number[]): Buffer =>
  Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from(wrong), Buffer.from(text.slice(-2))]);

export function hostileJson(now: number): Hostile[] {
  const good = goodClaims(now);
  const text = JSON.stringify(good);
  const token = craft(good);
  const [head = ""] = token.split(".");
  const members = JSON.stringify(
    Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`c${i}`, i])),
  ).slice(1, -1);
  const withText = (addition: string, without: string[] = []): string =>
    craft(claimsText(addition, now, without));
  return [
    malformed("not_json", "header: plain text", craft(good, "HS256"), "header"),
    malformed("not_an_object", "header: null", craft(good, null), "header"),
    malformed("not_an_object", "header: a list", craft(good, [HEADER]), "header"),
    malformed("not_an_object", "header: a string", craft(good, '"HS256"'), "header"),
    malformed("not_json", "header: BOM", craft(good, `\u{feff}${JSON.stringify(HEADER)}`), "header"),
    malformed(
      "not_utf8",
      "header: invalid UTF-8",
      craft(good, bytes('{"alg":"HS256","kid":"x"}', 0xff)),
      "header",
    ),
    malformed("not_json", "header: cut", craft(good, '{"alg":"HS256"'), "header"),
    malformed("not_json", "header: a comma too many", craft(good, '{"alg":"HS256",}'), "header"),
    malformed("not_json", "header: a comment", craft(good, '{"alg":"HS256"/**/}'), "header"),
    malformed("not_json", "header: single quotes", craft(good, "{'alg':'HS256'}"), "header"),
    malformed("not_json", "header: text after the object", craft(good, '{"alg":"HS256"}{}'), "header"),
    malformed(
      "duplicate_member",
      "header: alg twice",
      craft(good, '{"alg":"none","alg":"HS256"}'),
      "header.alg",
    ),
    malformed(
      "duplicate_member",
      "header: alg twice, the same",
      craft(good, '{"alg":"HS256","alg":"HS256"}'),
      "header.alg",
    ),
    malformed(
      "duplicate_member",
      "header: alg twice, one escaped",
      craft(good, '{"alg":"HS256","\\u0061lg":"none"}'),
      "header.alg",
    ),
    malformed(
      "duplicate_member",
      "header: typ twice",
      craft(good, '{"alg":"HS256","typ":"JWT","typ":"at+jwt"}'),
      "header.typ",
    ),
    malformed(
      "forbidden_member",
      "header: __proto__",
      craft(good, '{"alg":"HS256","__proto__":{"alg":"none"}}'),
      "header.__proto__",
    ),
    malformed("too_deep", "header: too deep", craft(good, `{"alg":"HS256","x":${nested(8)}}`), "header.x"),
    malformed(
      "too_many_members",
      "header: 202 members",
      craft(good, `{"alg":"HS256",${members}}`),
      "header.c199",
    ),
    malformed(
      "wrong_type",
      "header: typ of an access token",
      craft(good, { ...HEADER, typ: "at+jwt" }),
      "header.typ",
    ),
    malformed(
      "wrong_type",
      "header: typ with a media type prefix",
      craft(good, { ...HEADER, typ: "application/jwt" }),
      "header.typ",
    ),
    malformed(
      "wrong_type",
      "header: typ of an encrypted token",
      craft(good, { ...HEADER, typ: "JWE" }),
      "header.typ",
    ),
    malformed("wrong_type", "header: typ null", craft(good, { ...HEADER, typ: null }), "header.typ"),
    malformed("wrong_type", "header: typ a list", craft(good, { ...HEADER, typ: ["JWT"] }), "header.typ"),
    malformed("wrong_type", "header: typ empty", craft(good, { ...HEADER, typ: "" }), "header.typ"),
    malformed(
      "wrong_type",
      "header: typ with a newline",
      craft(good, { ...HEADER, typ: "JWT\n" }),
      "header.typ",
    ),

    malformed("not_an_object", "payload: a list", craft([1]), "payload"),
    malformed("not_an_object", "payload: a list of claims", craft([good]), "payload"),
    malformed("not_an_object", "payload: a string", craft('"x"'), "payload"),
    malformed("not_an_object", "payload: null", craft(null), "payload"),
    malformed("not_an_object", "payload: a number", craft("1"), "payload"),
    malformed("not_an_object", "payload: true", craft("true"), "payload"),
    malformed("not_json", "payload: blank", craft(" "), "payload"),
    malformed("not_json", "payload: plain text", craft("hello"), "payload"),
    malformed("not_json", "payload: BOM", craft(`\u{feff}${text}`), "payload"),
    malformed("not_json", "payload: UTF-16", craft(Buffer.from(text, "utf16le")), "payload"),
    malformed("not_utf8", "payload: invalid UTF-8", craft(bytes('{"name":"x"}', 0xff)), "payload"),
    malformed("not_utf8", "payload: overlong UTF-8", craft(bytes('{"name":"x"}', 0xc0, 0xaf)), "payload"),
    malformed(
      "not_utf8",
      "payload: surrogate as UTF-8",
      craft(bytes('{"name":"x"}', 0xed, 0xa0, 0x80)),
      "payload",
    ),
    malformed("not_utf8", "payload: cut UTF-8", craft(bytes('{"name":"x"}', 0xe2, 0x82)), "payload"),
    malformed("not_utf8", "payload: Latin-1", craft(Buffer.from('{"name":"Zoë"}', "latin1")), "payload"),
    malformed("lone_surrogate", "payload: escaped lone surrogate", withText('"name":"\\ud800"'), "name"),
    malformed("lone_surrogate", "payload: lone surrogate as a name", withText('"\\udc00":1'), "payload"),
    malformed("not_json", "payload: cut", craft(text.slice(0, -1)), "payload"),
    malformed(
      "not_utf8",
      "payload: compressed",
      craft(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])),
      "payload",
    ),
    malformed("not_json", "payload: itself a token", sign(head, encode(token)), "payload"),
    malformed("not_json", "payload: NaN", withText('"x":NaN'), "payload"),
    malformed("not_json", "payload: a leading zero", withText('"x":012'), "payload"),
    malformed("not_json", "payload: NUL after the object", craft(`${text}\0`), "payload"),
    malformed(
      "duplicate_member",
      "payload: permissions twice",
      withText('"permissions":["ask_join"]'),
      "permissions",
    ),
    malformed(
      "duplicate_member",
      "payload: permissions twice, one escaped",
      withText('"p\\u0065rmissions":["allow_mod"]'),
      "permissions",
    ),
    malformed("duplicate_member", "payload: exp twice", withText('"exp":99999999999'), "exp"),
    malformed("duplicate_member", "payload: apikey twice", withText('"apikey":"beta-key"'), "apikey"),
    malformed(
      "duplicate_member",
      "payload: a twin deep inside",
      withText('"user":{"a":{"id":1,"id":2}}'),
      "user",
    ),
    malformed(
      "duplicate_member",
      "payload: a twin inside a list",
      withText('"users":[{"id":1},{"id":1,"id":2}]'),
      "users",
    ),
    malformed("duplicate_member", "payload: the empty name twice", withText('"":1,"":2'), "payload"),
    malformed(
      "forbidden_member",
      "payload: __proto__",
      withText('"__proto__":{"permissions":["allow_mod"]}'),
      "__proto__",
    ),
    malformed(
      "forbidden_member",
      "payload: __proto__ escaped",
      withText('"\\u005f_proto__":{}'),
      "__proto__",
    ),
    malformed(
      "forbidden_member",
      "payload: __proto__ deep inside",
      withText('"user":{"__proto__":null}'),
      "user",
    ),
    malformed("too_deep", "payload: too deep, lists", withText(`"x":${nested(8)}`), "x"),
    malformed(
      "too_deep",
      "payload: too deep, objects",
      withText(`"x":${'{"a":'.repeat(8)}1${"}".repeat(8)}`),
      "x",
    ),
    malformed("too_deep", "payload: 3000 levels", withText(`"x":${nested(2800)}`), "x"),
    malformed("too_many_members", "payload: 205 members", withText(members), "c196"),
    malformed("number_out_of_range", "payload: exp 1e400", withText('"exp":1e400', ["exp"]), "exp"),
    malformed("number_out_of_range", "payload: exp -1e400", withText('"exp":-1e400', ["exp"]), "exp"),
    malformed("number_out_of_range", "payload: iat 1e999", withText('"iat":1e999', ["iat"]), "iat"),
    malformed(
      "number_out_of_range",
      "payload: infinity in the customer's own claim",
      withText('"limits":[1,[2e308]]'),
      "limits",
    ),
    malformed(
      "duplicate_member",
      "payload: twin with an evil name",
      withText('"a\\nb":1,"a\\nb":2'),
      "payload",
    ),
    malformed("not_json", "everything wrong, rightly signed", sign(encode("\0"), encode("\0")), "header"),
  ];
}
