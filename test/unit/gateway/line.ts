/** A connection as the gateway sees it, which keeps what it hears. */
import type { Recipient } from "../../../src/gateway/recipient.js";
import { asJson, type Json } from "../../support/peer.js";

/** The connection. */
export class Line implements Recipient {
  readonly isOpen = true;
  readonly heard: Json[] = [];
  /** Close code and reason, once it was ended. */
  ended: readonly [number, string] | null = null;

  constructor(readonly connection: string) {}

  send(frame: string | Buffer): void {
    this.heard.push(asJson(JSON.parse(String(frame))));
  }
  sendLarge = (frame: Buffer): void => this.send(frame);
  together = (run: () => void): void => run();
  close(code: number, reason: string): void {
    this.ended = [code, reason];
  }

  /** What it was told of conferences, in order. */
  get news(): Json[] {
    return this.heard
      .filter(({ type }) => type === "notification")
      .map((frame) => asJson(frame["notification"]));
  }
  /** The types of it. */
  get types(): unknown[] {
    return this.news.map(({ type }) => type);
  }
}
