/** Hostile tokens by algorithm, header, key and signature (`reference/reliability.md` section 2, attack list). */
import { createHmac, generateKeyPairSync, sign as signRaw } from "node:crypto";
import {
  ALPHA_NEXT_SECRET,
  ALPHA_SECRET,
  BETA_SECRET,
  DELTA_GONE_SECRET,
  DELTA_IDLE_SECRET,
  DELTA_SECRET,
  HEADER,
  claims,
  craft,
  encode,
  goodClaims,
  sign,
} from "./craft.js";
import { malformed, on, onlyAt } from "./hostile.js";
import type { Hostile } from "./hostile.js";
import type { Part } from "./craft.js";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ed = generateKeyPairSync("ed25519");
const rsaPem = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();

const WRONG_ALGS: readonly unknown[] = [
  "none",
  "None",
  "NONE",
  "nOnE",
  "hs256",
  "Hs256",
  "HS256 ",
  " HS256",
  "HS256\0",
  "HS-256",
  "HS384",
  "HS512",
  "HS1",
  "RS256",
  "PS256",
  "ES256",
  "EdDSA",
  "A128KW",
  "dir",
  "",
  "ＨＳ256",
  ["HS256"],
  { alg: "HS256" },
  null,
  256,
  true,
];

const COMMON_PASSWORDS = [
  "",
  " ",
  "secret",
  "password",
  "changeme",
  "your-256-bit-secret",
  "null",
  "undefined",
];

const PROTOTYPE_NAMES = [
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "prototype",
  "__proto__",
  "size",
  "get",
];

export function hostileKeys(now: number): Hostile[] {
  const good = goodClaims(now);
  const token = craft(good);
  const [head = "", body = "", mac = ""] = token.split(".");
  const unsigned = (alg: string): string => `${encode({ alg, typ: "JWT" })}.${body}.`;
  const attacker = "the-attackers-own-secret-of-32-bytes";
  const jwk = { kty: "oct", k: encode(attacker), alg: "HS256" };
  const raw = (alg: string, key: typeof rsa.privateKey, payload: Part = good): string => {
    const input = `${encode({ alg, typ: "JWT" })}.${encode(payload)}`;
    const hash = alg === "EdDSA" ? null : "sha256";
    return `${input}.${signRaw(hash, Buffer.from(input), key).toString("base64url")}`;
  };
  const badKey = (name: string, hostile: string): Hostile => on(name, hostile, "signature_invalid");
  const badAlg = (name: string, hostile: string): Hostile =>
    on(name, hostile, "algorithm_not_allowed", "header.alg");
  const injected = (name: string, member: object): Hostile =>
    badKey(`injected ${name}`, craft(good, { ...HEADER, ...member }, attacker));
  return [
    ...WRONG_ALGS.map((alg) => badAlg(`alg ${JSON.stringify(alg)}`, craft(good, { typ: "JWT", alg }))),
    badAlg("no alg", craft(good, { typ: "JWT" })),
    badAlg("ALG for alg", craft(good, { typ: "JWT", ALG: "HS256" })),
    ...["none", "None", "NONE", "nOnE"].map((alg) =>
      on(`${alg} without a signature`, unsigned(alg), "token_malformed"),
    ),
    on("HS256 without a signature", unsigned("HS256"), "token_malformed"),
    badAlg("none with the old signature", `${encode({ alg: "none" })}.${body}.${mac}`),
    badAlg("HS512, signed as such", sign(encode({ alg: "HS512" }), body, ALPHA_SECRET, "sha512")),
    badAlg("HS384, signed as such", sign(encode({ alg: "HS384" }), body, ALPHA_SECRET, "sha384")),
    badAlg("RS256, signed as such", raw("RS256", rsa.privateKey)),
    badAlg("ES256, signed as such", raw("ES256", ec.privateKey)),
    badAlg("EdDSA, signed as such", raw("EdDSA", ed.privateKey)),
    badAlg("RS256, HMAC with a public key", craft(good, { ...HEADER, alg: "RS256" }, rsaPem)),
    badKey("HS256, HMAC with a public key", craft(good, HEADER, rsaPem)),
    badKey("HS256, signature by RSA", `${head}.${body}.${raw("RS256", rsa.privateKey).split(".")[2] ?? ""}`),

    on("crit: unknown", craft(good, { ...HEADER, crit: ["x"], x: 1 }), "critical_extension", "header.crit"),
    on("crit: exp", craft(good, { ...HEADER, crit: ["exp"], exp: 1 }), "critical_extension", "header.crit"),
    on("crit: empty list", craft(good, { ...HEADER, crit: [] }), "critical_extension", "header.crit"),
    on("crit: null", craft(good, { ...HEADER, crit: null }), "critical_extension", "header.crit"),
    on(
      "b64 false with crit",
      craft(good, { ...HEADER, b64: false, crit: ["b64"] }),
      "critical_extension",
      "header.crit",
    ),
    on("b64 false", craft(good, { ...HEADER, b64: false }), "critical_extension", "header.b64"),
    on("b64 true", craft(good, { ...HEADER, b64: true }), "critical_extension", "header.b64"),

    badKey("null signature", `${head}.${body}.${"A".repeat(43)}`),
    badKey(
      "signature of another token",
      `${head}.${body}.${craft(claims({ jti: "x" }, now)).split(".")[2] ?? ""}`,
    ),
    badKey(
      "signature cut to 16 bytes",
      `${head}.${body}.${Buffer.from(mac, "base64url").subarray(0, 16).toString("base64url")}`,
    ),
    badKey(
      "signature with a byte more",
      `${head}.${body}.${Buffer.concat([Buffer.from(mac, "base64url"), Buffer.alloc(1)]).toString("base64url")}`,
    ),
    badKey(
      "signature twice",
      `${head}.${body}.${encode(Buffer.concat([Buffer.from(mac, "base64url"), Buffer.from(mac, "base64url")]))}`,
    ),
    badKey("signature in hexadecimal", `${head}.${body}.${Buffer.from(mac, "base64url").toString("hex")}`),
    badKey(
      "signature over the payload alone",
      `${head}.${body}.${createHmac("sha256", ALPHA_SECRET).update(body).digest("base64url")}`,
    ),
    badKey(
      "signature over the decoded text",
      `${head}.${body}.${createHmac("sha256", ALPHA_SECRET)
        .update(`${JSON.stringify(HEADER)}.${JSON.stringify(good)}`)
        .digest("base64url")}`,
    ),
    badKey("plain SHA-256 of the input with an empty key", sign(head, body, Buffer.alloc(0))),
    badKey(
      "payload exchanged",
      `${head}.${encode(claims({ permissions: ["allow_join", "allow_mod"] }, now))}.${mac}`,
    ),
    badKey("header exchanged", `${encode({ ...HEADER, kid: "1" })}.${body}.${mac}`),
    badKey("secret in capitals", craft(good, HEADER, ALPHA_SECRET.toUpperCase())),
    badKey("secret with a newline", craft(good, HEADER, `${ALPHA_SECRET}\n`)),
    badKey("secret decoded from base64url", craft(good, HEADER, Buffer.from(ALPHA_SECRET, "base64url"))),
    badKey("api key for a secret", craft(good, HEADER, "alpha-key")),
    ...COMMON_PASSWORDS.map((secret) =>
      badKey(`secret ${JSON.stringify(secret)}`, craft(good, HEADER, secret)),
    ),

    badKey("the other app's secret", craft(good, HEADER, BETA_SECRET)),
    badKey("the same app's other secret", craft(good, HEADER, ALPHA_NEXT_SECRET)),
    badKey("another app's apikey, own secret", craft(claims({ apikey: "beta-key" }, now))),
    on("apikey of nobody", craft(claims({ apikey: "gamma-key" }, now)), "key_unknown", "apikey"),
    on("apikey in capitals", craft(claims({ apikey: "ALPHA-KEY" }, now)), "key_unknown", "apikey"),
    on("apikey with a space", craft(claims({ apikey: "alpha-key " }, now)), "key_unknown", "apikey"),
    on("apikey with a NUL", craft(claims({ apikey: "alpha-key\0" }, now)), "key_unknown", "apikey"),
    on("app id for the apikey", craft(claims({ apikey: "alpha" }, now)), "key_unknown", "apikey"),
    on("a secret for the apikey", craft(claims({ apikey: ALPHA_SECRET }, now)), "key_unknown", "apikey"),
    on(
      "a path for the apikey",
      craft(claims({ apikey: "../../dev/null" }, now), HEADER, ""),
      "key_unknown",
      "apikey",
    ),
    badKey(
      "a secret whose end has come",
      craft(claims({ apikey: "delta-key" }, now), HEADER, DELTA_GONE_SECRET),
    ),
    badKey(
      "a deactivated key, with a secret of another",
      craft(claims({ apikey: "delta-idle-key" }, now), HEADER, DELTA_SECRET),
    ),
    on(
      "a deactivated key",
      craft(claims({ apikey: "delta-idle-key" }, now), HEADER, DELTA_IDLE_SECRET),
      "key_deactivated",
      "apikey",
    ),
    on(
      "a deactivated key, and expired",
      craft(claims({ apikey: "delta-idle-key", exp: 1 }, now), HEADER, DELTA_IDLE_SECRET),
      "key_deactivated",
      "apikey",
    ),
    ...["RS256", "ES256", "EdDSA"].map((alg, index) =>
      on(
        `${alg}, by an identity provider that nobody knows`,
        raw(
          alg,
          [rsa, ec, ed][index]?.privateKey ?? rsa.privateKey,
          claims({ apikey: undefined, iss: "https://id.example", aud: "alpha" }, now),
        ),
        "key_unknown",
        "iss",
      ),
    ),
    on(
      "RS256, by nobody",
      raw("RS256", rsa.privateKey, claims({ apikey: undefined }, now)),
      "claims_invalid",
      "apikey",
    ),
    on(
      "RS256, iss a list",
      raw("RS256", rsa.privateKey, claims({ apikey: undefined, iss: ["https://id.example"] }, now)),
      "claims_invalid",
      "iss",
    ),
    ...["api+jwt", "conference+jwt", "CLIENT+JWT", "client+jwt ", "application/client+jwt"].map((typ) =>
      malformed(
        "wrong_type",
        `a customer's token of typ ${JSON.stringify(typ)}`,
        craft(good, { ...HEADER, typ }),
        "header.typ",
      ),
    ),
    {
      ...badKey(
        "a customer's token that says it is a client access token",
        craft(good, { ...HEADER, typ: "client+jwt" }),
      ),
      doors: ["meeting"],
    },
    onlyAt(
      "rest",
      "a client access token, by its type, at the REST API",
      craft(good, { ...HEADER, typ: "client+jwt" }),
      "token_malformed",
      "header.typ",
    ),
    {
      ...on(
        "a client access token of more than 2,048 bytes",
        craft(claims({ pad: "x".repeat(2_048) }, now), { ...HEADER, typ: "client+jwt" }),
        "token_too_long",
      ),
      doors: ["meeting"],
    },
    ...PROTOTYPE_NAMES.map((apikey) =>
      on(`apikey ${apikey}`, craft(claims({ apikey }, now), HEADER, ""), "key_unknown", "apikey"),
    ),
    ...[undefined, "", null, 1, true, ["alpha-key"], { toString: "alpha-key" }].map((apikey) =>
      on(`apikey is ${JSON.stringify(apikey)}`, craft(claims({ apikey }, now)), "claims_invalid", "apikey"),
    ),
    on(
      "apiKey for apikey",
      craft(claims({ apikey: undefined, apiKey: "alpha-key" }, now)),
      "claims_invalid",
      "apikey",
    ),
    on(
      "apikey in the header only",
      craft(claims({ apikey: undefined }, now), { ...HEADER, apikey: "alpha-key" }),
      "claims_invalid",
      "apikey",
    ),

    injected("jwk", { jwk }),
    injected("jku", { jku: "https://attacker.invalid/jwks.json" }),
    injected("jku on this machine", { jku: "file:///dev/null" }),
    injected("x5u", { x5u: "https://attacker.invalid/cert.pem" }),
    injected("x5c", { x5c: [rsaPem] }),
    injected("jwks", { jwks: { keys: [jwk] } }),
    injected("kid and jwk", { kid: "mine", jwk: { ...jwk, kid: "mine" } }),
    ...[
      "",
      "../../../../dev/null",
      "/dev/null",
      "x' UNION SELECT 'secret'--",
      "| whoami",
      "alpha-next-key",
      "__proto__",
    ].map((kid) => badKey(`kid ${JSON.stringify(kid)}, blank secret`, craft(good, { ...HEADER, kid }, ""))),
    badKey(
      "kid names the key that signed",
      craft(good, { ...HEADER, kid: "alpha-next-key" }, ALPHA_NEXT_SECRET),
    ),
  ];
}
