import { appendContract } from "./log-append-contract.js";
import { channelContract } from "./log-channel-contract.js";
import { directoryContract } from "./log-directory-contract.js";
import type { StoreKind } from "./log-fixture.js";
import { openContract } from "./log-open-contract.js";
import { readContract } from "./log-read-contract.js";
import { recordsContract } from "./records-contract.js";

/** Everything that a store promises (`src/log/port.ts`), to be run on each kind. */
export function storeContract(kind: StoreKind): void {
  appendContract(kind);
  openContract(kind);
  readContract(kind);
  channelContract(kind);
  directoryContract(kind);
  recordsContract(kind);
}
