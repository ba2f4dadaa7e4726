import { useEffect, useRef, useState } from "react";

/** Near enough that a fast scroll does not catch up with what is being drawn. */
const MARGIN = "1200px 0px";

/** Whether an element is in the view or near it; and how high it was when it last was. */
export function useNearView(estimate: number) {
  const box = useRef<HTMLDivElement>(null);
  const height = useRef(estimate);
  const [near, setNear] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        const isNear = entries.at(-1)?.isIntersecting ?? false;
        if (!isNear) height.current = element.offsetHeight;
        setNear(isNear);
      },
      { root: element.closest("[data-scrolls]"), rootMargin: MARGIN },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { box, near, height };
}
