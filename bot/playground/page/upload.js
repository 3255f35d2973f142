// The file input: what somebody chooses is uploaded at once, its value is the list of file ids.
import { changed, ids, startOf } from "./action.js";
import { post } from "./api.js";
import { h } from "./dom.js";
import { state } from "./state.js";
import { showError } from "./toast.js";

// fileInput draws a file_input element.
export function fileInput(el, block, ctx) {
  startOf(ctx, block, el, []);
  const accept = (el.filetypes || []).map((type) => `.${type}`).join(",");
  const node = h("input", {
    type: "file", class: "input", multiple: (el.max_files || 10) > 1, accept: accept || null, data: ids(block, el),
    onchange: async () => {
      try {
        const files = [...node.files].slice(0, el.max_files || 10);
        changed(ctx, block, el, await Promise.all(files.map(upload)), node);
      } catch (error) {
        showError(error);
      }
    },
  });
  return node;
}

async function upload(file) {
  const answer = await post("upload", { user: state.me, name: file.name, content: await base64(file) });
  return answer.file.id;
}

const base64 = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});
