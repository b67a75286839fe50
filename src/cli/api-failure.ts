/** Why the REST API gave a command no answer, in words. */
import type { ApiFailure } from "./api-client.js";
import { EXIT, paintFor, type CliIo } from "./io.js";
import { meaningOf } from "./meaning.js";
import { columns, printable } from "./text.js";

/** Says on stderr why there is no answer; answers the exit code. */
export function tellFailure({ stderr }: Pick<CliIo, "stderr">, failure: ApiFailure): number {
  const paint = paintFor(stderr);
  switch (failure.kind) {
    case "refused":
      stderr.write(
        `${paint("bad", `The gateway says no: ${printable(failure.text)}`)}\n${columns(rowsOf(failure))}`,
      );
      return EXIT.refused;
    case "unreachable":
      stderr.write(
        `${paint("bad", `Cannot reach the gateway at ${printable(failure.url)}: ${printable(failure.problem)}`)}\n`,
      );
      return EXIT.unreachable;
    case "stranger":
      stderr.write(
        `${paint("bad", `What answers at ${printable(failure.url)} is not this gateway: ${printable(failure.problem)}`)}\n`,
      );
      return EXIT.unreachable;
  }
}

function rowsOf({ code, text, field, details }: Extract<ApiFailure, { kind: "refused" }>): string[][] {
  const meaning =
    code === "not_found"
      ? "It does not know this call. Is it older than this program, or is --url not right?"
      : meaningOf(code);
  return [
    ["reason", printable(code)],
    ...(meaning === "" || meaning === `${text}.` ? [] : [["means", meaning]]),
    ...(field === null ? [] : [["field", printable(field)]]),
    ...Object.entries(details).map(([name, value]) => [
      printable(name),
      printable(typeof value === "string" ? value : JSON.stringify(value)),
    ]),
  ];
}
