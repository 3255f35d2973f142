// Pictures of people: their initials on a colour of their own; the app has its mark.
import { h } from "./dom.js";
import { mark } from "./icons.js";
import { isApp, nameOf, people, user } from "./state.js";

const HUES = [172, 28, 255, 340, 208, 95, 300, 48, 225, 12];

// avatar draws somebody's picture at a size in pixels; it is decoration beside the name.
export function avatar(id, size = 36) {
  const who = user(id);
  if (isApp(id)) return h("span", { class: "avatar avatar-app", "aria-hidden": "true" }, mark(size));
  const nth = Math.max(0, people().findIndex((p) => p.id === id));
  return h("span", {
    class: "avatar", "aria-hidden": "true",
    style: { "--size": `${size}px`, "--hue": String(HUES[nth % HUES.length]) },
  }, initials(nameOf(who)));
}

// initials are two letters of a name; of a Chinese name, its last two characters.
export function initials(name) {
  const plain = name.trim();
  const han = /[\u3400-\u9fff]+/.exec(plain);
  if (han) return han[0].slice(-2);
  const words = plain.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? words[0][0] + words[words.length - 1][0] : plain.slice(0, 2);
  return letters.toUpperCase();
}
