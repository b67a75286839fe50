/** The console's page: what the browser gives goes in here, and nowhere else. */
import { render } from "preact";
import { ConsoleApp } from "./console.js";
import { takeFragmentToken, windowSurroundings } from "./state/surroundings.js";
import "./style/console.css";

const root = document.getElementById("app");
const offered = takeFragmentToken(window);
if (root !== null) render(<ConsoleApp surroundings={windowSurroundings(window)} offered={offered} />, root);
