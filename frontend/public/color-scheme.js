// Runs before the first paint, as a file because the page's policy forbids inline scripts: sets the colour scheme that
// the reader chose (or the system's), so that a dark page never flashes white. The key is Mantine's own.
(function () {
  var chosen = null;
  try {
    chosen = window.localStorage.getItem("mantine-color-scheme-value");
  } catch (error) {
    void error; // storage can be forbidden: then the system decides
  }
  var dark =
    chosen === "dark" || (chosen !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
