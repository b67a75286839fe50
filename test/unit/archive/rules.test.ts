/** The archive's rules (`docs/rules.md` H) on memory; `test/contract/archive.test.ts` runs the same on Redis. */
import { attendanceContract } from "../../contract/archive-attendance-contract.js";
import { gapContract } from "../../contract/archive-gap-contract.js";
import { listsContract } from "../../contract/archive-lists-contract.js";
import { toldContract } from "../../contract/archive-told-contract.js";
import { emptyRecords } from "./support.js";

const empty = () => Promise.resolve(emptyRecords());

attendanceContract(empty);
toldContract(empty);
gapContract(empty);
listsContract(empty);
