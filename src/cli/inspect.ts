/** `admitone inspect`: what a token says and what the gateway would answer to it, in words. */
import { text as readAll } from "node:stream/consumers";
import { explainToken, type Explanation } from "../tokens/explain.js";
import { createIssuerKeys } from "../tokens/issuer-keys.js";
import { createAppKeys } from "../tokens/key-ring.js";
import { EXIT, paintFor, type CliParts, type Paint } from "./io.js";
import { misused, readOptions } from "./options.js";
import { columns, printable } from "./text.js";

/** Shown for `admitone inspect --help`. */
export const INSPECT_HELP = `Usage: admitone inspect <token|-> [options]

Says what is in a token, which key signed it, and what the gateway would answer.
With - the token is read from stdin, where others on this machine do not see it.
Keys of an identity provider are fetched from where the app has them. What was
revoked is not known here.

  --room <id>           the room that would be asked for
  --participant <id>    the participant id that would be asked for
  --door <door>         meeting (default) or rest
  --help                this text

Without a key set up the claims are still shown, but the signature is not
checked.

Exit codes: 0 it would be let in, or to the lobby; 1 it would not, or that
cannot be told; 2 the command line cannot be used.
`;

const OPTIONS = {
  room: { type: "string" },
  participant: { type: "string" },
  door: { type: "string", default: "meeting" },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Runs the command; answers the exit code. */
export async function runInspect(args: readonly string[], parts: CliParts): Promise<number> {
  const read = readOptions(args, OPTIONS);
  if (!read.ok) return misused(parts, "inspect", read.problem);
  const { values, positionals } = read;
  if (values.help) {
    parts.stdout.write(INSPECT_HELP);
    return EXIT.done;
  }
  const { door, room: roomId, participant: participantId } = values;
  const [given, surplus] = positionals;
  if (given === undefined) return misused(parts, "inspect", "A token is needed, or - to read it from stdin");
  if (surplus !== undefined) return misused(parts, "inspect", "One token at a time");
  if (door !== "meeting" && door !== "rest") return misused(parts, "inspect", "--door is meeting or rest");
  const token = given === "-" ? (await readAll(parts.stdin)).trim() : given;
  const apps = parts.apps();
  const explanation = await explainToken(token, {
    apps: apps ?? createAppKeys([]),
    issuerKeys: createIssuerKeys({ now: parts.now }),
    now: parts.now,
    door,
    roomId,
    participantId,
  });
  const unchecked =
    apps === null && explanation.step === "key" && explanation.refusal?.reason === "key_unknown";
  const asked = [
    `the ${door} door`,
    ...(roomId === undefined ? [] : [`room ${printable(roomId)}`]),
    ...(participantId === undefined ? [] : [`as ${printable(participantId)}`]),
  ].join(", ");
  parts.stdout.write(describe(explanation, { asked, unchecked }, paintFor(parts.stdout)));
  return explanation.answer === "refused" ? EXIT.refused : EXIT.done;
}

function describe(
  explanation: Explanation,
  { asked, unchecked }: { readonly asked: string; readonly unchecked: boolean },
  paint: Paint,
): string {
  const { header, claims, key } = explanation;
  const rows = claims.map(({ name, sentence }) => [printable(name), sentence]);
  const verdict = [
    ["key", unchecked ? "not checked: no key is set up here" : key.sentence],
    ["asked", asked],
    ["answer", answer(explanation, unchecked, paint)],
  ];
  return [
    `${paint("bold", "Header")}\n  ${header === null ? "cannot be read" : printable(JSON.stringify(header))}\n`,
    `${paint("bold", "Claims")}\n${rows.length === 0 ? "  none can be read\n" : columns(rows)}`,
    `${paint("bold", "Verdict")}\n${columns(verdict)}`,
  ].join("");
}

function answer({ answer: kind, sentence }: Explanation, unchecked: boolean, paint: Paint): string {
  if (unchecked) return paint("ask", "not known: without a key anybody could have written these claims");
  switch (kind) {
    case "enters":
    case "allowed":
      return paint("good", sentence);
    case "knocks":
      return paint("ask", sentence);
    case "refused":
      return paint("bad", sentence);
  }
}
