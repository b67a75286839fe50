/** The part of the account that is about tokens: what each stay stands on, and what is used up. By the words of E16 and T7 to T9. */
import type { Action } from "../../../src/room/commands.js";
import type { Grant } from "../../../src/room/grant.js";
import { must } from "./ledger-office.js";

/** A door may go five minutes by after an expiry, on a clock that is a minute behind: so long may a used token come back. */
const LAST_DOOR_MS = 360_000;

/** Which one-time tokens have admitted whom, kept from commands and events alone. */
export class TokenLedger {
  private readonly used = new Map<string, string>();
  /** Until when some door takes each of them, epoch milliseconds. */
  private readonly good = new Map<string, number>();

  /** Time goes on: what no door takes any more, nobody can show again, and the room need not know it (E16). */
  reached(now: number): void {
    for (const [jti, until] of this.good) {
      if (now < until) continue;
      this.good.delete(jti);
      this.used.delete(jti);
    }
  }

  /** Somebody takes a seat, or shows a token in it: E16. `again`: it is the same join, or they were in on it before. */
  admits(id: string, { oneTime, jti, expiresAt }: Grant, again: boolean): void {
    if (!oneTime || jti === null) return;
    must(again || !this.used.has(jti), `${id} is in on a token that was used`);
    must(this.used.get(jti) === undefined || this.used.get(jti) === id, `${jti} has admitted two people`);
    this.used.set(jti, id);
    this.good.set(jti, (expiresAt ?? Infinity) + LAST_DOOR_MS);
  }

  /** A join that was not refused: its token counts. */
  mustBeFresh(id: string, { oneTime, jti }: Grant): void {
    must(!oneTime || jti === null || !this.used.has(jti), `${id} came with a token that was used`);
  }

  /** Why somebody went for their token's sake: it was used by another, or it counts no more. */
  mustCountNoMore(id: string, { fingerprint, oneTime, jti }: Grant, action: Action): void {
    const named =
      action.type === "turn-out" &&
      action.people.some((one) => one.participantId === id && one.fingerprint === fingerprint);
    const usedByAnother = oneTime && jti !== null && (this.used.get(jti) ?? id) !== id;
    must(named || usedByAnother, `${id} is out, but the token counts`);
  }

  /** After a command that turned people out: nobody of them stands on such a token. */
  mustBeOut(id: string, { fingerprint }: Grant, action: Action): void {
    if (action.type !== "turn-out") return;
    const named = action.people.some((one) => one.participantId === id && one.fingerprint === fingerprint);
    must(!named, `${id} stands on a token that counts no more`);
  }
}
