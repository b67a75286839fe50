/** STUN and TURN servers, asked for when a connection is made, and again before their credentials end. */
import type { IceServers } from "../meeting-types.js";
import { MediaError } from "./media-error.js";

/** Where servers come from. */
export interface IceSource {
  ask(): Promise<IceServers>;
  /** Epoch milliseconds. */
  now(): number;
  /** They could not be asked for: connections are tried without. */
  failed(error: MediaError): void;
}

/** Credentials must last until a connection is made with them. */
const MARGIN_MS = 60_000;
/** The gateway's clock may differ from this one, so its word on the end is not trusted for longer. */
const LONGEST_MS = 600_000;

interface Known {
  readonly servers: RTCIceServer[];
  readonly until: number;
}

/** Remembers the servers as long as they are good. One question at a time. */
export class IceCache {
  private known: Known | null = null;
  private asking: Promise<RTCIceServer[]> | null = null;

  constructor(private readonly source: IceSource) {}

  /** Never rejects: without servers those on the same network still meet. */
  servers(): Promise<RTCIceServer[]> {
    if (this.known !== null && this.source.now() < this.known.until)
      return Promise.resolve(this.known.servers);
    return (this.asking ??= this.ask().finally(() => (this.asking = null)));
  }

  /** Forgets them: they were for a stay that is over. */
  clear(): void {
    this.known = null;
    this.asking = null;
  }

  private async ask(): Promise<RTCIceServer[]> {
    try {
      const { iceServers, expiresAt } = await this.source.ask();
      const servers = iceServers.map(({ urls, username, credential }) => ({
        urls: [...urls],
        ...(username === undefined ? {} : { username }),
        ...(credential === undefined ? {} : { credential }),
      }));
      const until = Math.min(expiresAt ?? Infinity, this.source.now() + LONGEST_MS) - MARGIN_MS;
      this.known = { servers, until };
      return servers;
    } catch (error) {
      this.source.failed(new MediaError("no_ice_servers", null, error));
      return [];
    }
  }
}
