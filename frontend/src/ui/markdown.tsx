import ReactMarkdown from "react-markdown";
import type { Components } from "react-markdown";
import rehypeSanitize from "rehype-sanitize";
import remarkGfm from "remark-gfm";

import styles from "./markdown.module.css";

const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
};

type Node = { type: string; children?: Node[] };

/** HTML in Markdown is shown as it was written: what was said about `<Button>` is not lost. */
function showHtml() {
  return (tree: Node) => {
    const visit = (node: Node) => {
      if (node.type === "raw") node.type = "text";
      node.children?.forEach(visit);
    };
    visit(tree);
  };
}

/** Markdown of a person or an agent: no HTML of theirs reaches the page. Heavy, so it is loaded when it is needed. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className={styles.text}>
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[showHtml, rehypeSanitize]}
        components={components}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
