/** What can go wrong between the console and its gateway, in words for the person in front of it. */
import { isRecord } from "./reader.js";

/**
 * - `refused`: the gateway said no; `code` is stable, `field` names the input at fault
 * - `away`: no answer: the line or the gateway is gone; asking again is right
 * - `unexpected`: an answer that is not of the promised form; most likely the page and the gateway are of two versions
 */
export type Fault =
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly code: string;
      readonly sentence: string;
      readonly field: string | null;
      /** What goes with the refusal, such as the position of a room's log. */
      readonly details: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "away" }
  | { readonly kind: "unexpected"; readonly sentence: string };

/** Carries a fault to whoever asked. */
export class ApiFault extends Error {
  override readonly name = "ApiFault";

  constructor(readonly fault: Fault) {
    super(sentenceOf(fault));
  }
}

/** The fault of anything that was thrown while asking. */
export function faultOf(error: unknown): Fault {
  if (error instanceof ApiFault) return error.fault;
  return { kind: "unexpected", sentence: error instanceof Error ? error.message : String(error) };
}

/** A fault as a sentence, without its code. */
export function sentenceOf(fault: Fault): string {
  switch (fault.kind) {
    case "refused":
      return fault.sentence;
    case "away":
      return "The gateway does not answer. Check that it runs and try again.";
    case "unexpected":
      return `The gateway answered with something that this page does not understand: ${fault.sentence}. Reload the page.`;
  }
}

/** The stable code of a fault, for a look into the documentation. */
export function codeOf(fault: Fault): string {
  return fault.kind === "refused" ? fault.code : fault.kind;
}

/** The refusal in an error's body: `{ error, code, field?, details? }`. A body of another kind leaves the status to tell. */
export function refusedBy(status: number, body: unknown): Fault {
  const said = isRecord(body) ? body : {};
  const { error, code, field, details } = said;
  if (status === 503 && typeof code !== "string") return { kind: "away" };
  const extra = isRecord(details) ? details : {};
  const problem = extra["problem"];
  const text = typeof error === "string" && error !== "" ? error : `The gateway answered ${status}`;
  return {
    kind: "refused",
    status,
    code: typeof code === "string" ? code : String(status),
    sentence: `${text}${typeof problem === "string" ? `: it ${problem}` : ""}.`.replace(/\.\.$/, "."),
    field: typeof field === "string" ? field : null,
    details: extra,
  };
}
