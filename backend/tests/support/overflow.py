"""What does not fit on a page: too wide, cut off, or drawn over something else."""

from playwright.sync_api import Page

# A text is cut where an ancestor that hides what is over its edge ends before the text does. Cut with an ellipsis is
# said to the reader, as long as the whole can be read: in a title. What scrolls can be reached.
_LOOK = """() => {
  const found = []
  const name = (element) => {
    const word = (element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 40)
    return `${element.tagName.toLowerCase()} "${word}"`
  }
  const over = document.documentElement.scrollWidth - innerWidth
  if (over > 0) found.push(`the page is ${over} px too wide`)
  for (const panel of document.querySelectorAll("main, [role=tabpanel]"))
    if (panel.scrollWidth > panel.clientWidth + 1)
      found.push(`${name(panel)} is ${panel.scrollWidth - panel.clientWidth} px too wide`)

  const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  const titled = (element) => element.closest("[title]") !== null
  const dialog = document.querySelector("[role=dialog], dialog[open]")
  const whole = dialog ?? document.body

  // Where a box can be seen: cut by all ancestors that hide or scroll, and by the window.
  const visibleBox = (element, box) => {
    let { left, top, right, bottom } = box
    for (let up = element; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up)
      if (style.position === "fixed") break
      if (style.overflowX === "visible" && style.overflowY === "visible") continue
      const edge = up.getBoundingClientRect()
      left = Math.max(left, edge.left); right = Math.min(right, edge.right)
      top = Math.max(top, edge.top); bottom = Math.min(bottom, edge.bottom)
    }
    return { left: Math.max(left, 0), top: Math.max(top, 0), right: Math.min(right, innerWidth),
             bottom: Math.min(bottom, innerHeight) }
  }

  const cut = (element, box) => {
    for (let up = element; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up)
      const edge = up.getBoundingClientRect()
      const across = box.right > edge.right + 1.5 || box.left < edge.left - 1.5
      const down = box.bottom > edge.bottom + 3 || box.top < edge.top - 3
      const said = titled(up) && (style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none")
      if (["auto", "scroll"].includes(style.overflowX) || ["auto", "scroll"].includes(style.overflowY)) return null
      if (["hidden", "clip"].includes(style.overflowX) && across && !said) return "across"
      if (["hidden", "clip"].includes(style.overflowY) && down && !said) return "down"
      if (said && (across || down)) return null
      if (style.position === "fixed") break
    }
    return box.right > innerWidth + 1.5 || (box.left < -1.5 && box.right > 0) ? "by the window" : null
  }

  const walker = document.createTreeWalker(whole, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const node = walker.currentNode
    const element = node.parentElement
    if (!node.data.trim() || !element || !seen(element)) continue
    if (element.closest("[role=log] [data-content], option, script, style, svg, pre, [data-visually-hidden]")) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const box = range.getBoundingClientRect()
    if (box.width < 1 || element.getBoundingClientRect().width <= 1) continue
    const how = cut(element, box)
    if (how) found.push(`cut ${how}: ${name(element)}`)
  }

  const canvas = document.createElement("canvas").getContext("2d")
  for (const field of whole.querySelectorAll("select, input")) {
    if (!seen(field)) continue
    const style = getComputedStyle(field)
    const text = field.tagName === "SELECT" ? field.selectedOptions[0]?.text : field.value || field.placeholder
    canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
    if (text && canvas.measureText(text).width > room && style.textOverflow !== "ellipsis")
      found.push(`cut field: ${name(field)} "${text}"`)
  }

  const parts = [...whole.querySelectorAll("a[href], button, select, textarea, input, h1, h2, [data-status], label")]
    .filter((part) => seen(part) && !part.closest("[role=log]"))
    .map((part) => ({ part, box: visibleBox(part, part.getBoundingClientRect()) }))
    .filter(({ box }) => box.right - box.left > 2 && box.bottom - box.top > 2)
  for (const [index, one] of parts.entries())
    for (const other of parts.slice(index + 1)) {
      if (one.part.contains(other.part) || other.part.contains(one.part)) continue
      const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left)
      const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top)
      if (width > 2 && height > 2) found.push(`one over the other: ${name(one.part)} and ${name(other.part)}`)
    }
  return [...new Set(found)]
}"""


def misfits(page: Page) -> list[str]:
    """Name each text that is cut without saying so, and each control that lies over another."""
    return [str(each) for each in page.evaluate(_LOOK)]
