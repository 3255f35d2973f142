// The app's Home tab, as the chosen person sees it.
import { Form } from "./action.js";
import { blocks } from "./blocks.js";
import { appHeader } from "./conversation.js";
import { h, replace } from "./dom.js";
import { mark } from "./icons.js";
import { on, state } from "./state.js";
import { t } from "./strings.js";
import { openHome } from "./sync.js";
import { showError } from "./toast.js";

// homeView draws the tab and tells the app that somebody looks. It returns {node, stop}.
export function homeView() {
  const body = h("div", { class: "home-body", tabindex: "0", "aria-label": t("home") });
  const form = new Form();
  let asked = false;
  let sign = "";
  const draw = () => {
    const next = JSON.stringify(state.home);
    if (next === sign && body.childElementCount) return;
    sign = next;
    const scroll = body.scrollTop;
    if (state.home) replace(body, h("div", { class: "home-page" }, blocks(state.home.blocks, { surface: "home", channel: "home", ts: state.home.id, form })));
    else replace(body, h("div", { class: "empty" }, mark(44), h("p", null, asked ? t("noHome", { app: state.app.name }) : t("loading"))));
    body.scrollTop = scroll;
  };
  const stop = on("home", draw);
  draw();
  openHome().catch(showError).finally(() => { asked = true; sign = ""; draw(); });
  return { node: h("section", { class: "conversation home", "aria-label": t("home") }, appHeader("home"), body), stop, focus: () => {} };
}
