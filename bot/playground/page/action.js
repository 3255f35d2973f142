// What happens when a person uses a control of a message, a view or the Home tab.
import { post } from "./api.js";
import { confirmed } from "./dialog.js";
import { state } from "./state.js";
import { showError } from "./toast.js";

// Form holds the values of the controls of one surface by block and action.
export class Form {
  values = new Map();
  inputs = new Map(); // block -> action, of input blocks
  onset = () => {};   // told the block that changed
  set(block, action, value) {
    this.values.set(`${block}/${action}`, value);
    this.onset(block);
  }
  get(block, action) { return this.values.get(`${block}/${action}`); }
  has(block, action) { return this.values.has(`${block}/${action}`); }
  // filled is the value of every input by its block, as the server takes them.
  filled() { return Object.fromEntries([...this.inputs].map(([block, action]) => [block, this.get(block, action)])); }
}

// act asks for confirmation when the element wants it, tells the server, and shows the control as busy until the
// app has answered. It resolves to true when the action was taken.
export async function act(ctx, block, element, value, node) {
  if (node.getAttribute("aria-busy") === "true") return false;
  if (element.confirm && !(await confirmed(element.confirm))) return false;
  node.setAttribute("aria-busy", "true");
  try {
    await post("click", {
      user: state.me, channel: ctx.channel, ts: ctx.ts, block_id: block.block_id, action_id: element.action_id, value,
      values: ctx.surface === "message" ? undefined : ctx.form.filled(),
    });
  } catch (error) {
    showError(error);
  } finally {
    node.removeAttribute("aria-busy");
  }
  return true;
}

// inInput says whether an element is part of a form: then a change alone tells the app nothing.
export const inInput = (block) => block.type === "input";

// changed keeps a control's new value and, where Slack would, tells the app.
export function changed(ctx, block, element, value, node) {
  ctx.form.set(block.block_id, element.action_id, value);
  if (!inInput(block) || block.dispatch_action) act(ctx, block, element, value, node);
}

// startOf is a control's first value: what the person chose before a redraw, else the app's initial one.
export function startOf(ctx, block, element, initial) {
  if (inInput(block)) ctx.form.inputs.set(block.block_id, element.action_id);
  if (ctx.form.has(block.block_id, element.action_id)) return ctx.form.get(block.block_id, element.action_id);
  ctx.form.set(block.block_id, element.action_id, initial);
  return initial;
}

// ids are the attributes by which tests and the curious find a control.
export const ids = (block, element) => ({ actionId: element.action_id, blockId: block.block_id, ...(element.focus_on_load && { focus: "first" }) });
