const KEY = "retoma-desktop";

/** Why the desktop can't be told, if so: the browser has no notifications here, or the reader forbade them. */
export type DesktopState = "on" | "off" | "forbidden" | "missing";

export function desktopState(): DesktopState {
  if (typeof Notification === "undefined" || !window.isSecureContext) return "missing";
  if (Notification.permission === "denied") return "forbidden";
  return localStorage.getItem(KEY) === "on" && Notification.permission === "granted" ? "on" : "off";
}

/** Switches notices on the desktop; only on is the browser's permission asked for. */
export async function switchDesktop(on: boolean): Promise<DesktopState> {
  if (on && typeof Notification !== "undefined") await Notification.requestPermission();
  localStorage.setItem(KEY, on ? "on" : "off");
  return desktopState();
}

type DesktopNotice = { title: string; body: string; tag: string; onOpen: () => void };

/** Says it on the desktop while the page is hidden; several pages that say the same (`tag`) say it once. */
export function tellDesktop({ title, body, tag, onOpen }: DesktopNotice): void {
  if (document.visibilityState !== "hidden" || desktopState() !== "on") return;
  const notice = new Notification(title, { body, tag, icon: "/icon.svg" });
  notice.addEventListener("click", () => {
    window.focus();
    notice.close();
    onOpen();
  });
}
