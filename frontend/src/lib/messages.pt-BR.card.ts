import type { cardTexts } from "./messages.en.card";
import type { Words } from "./words";

export const cardTextsPtBR: Words<typeof cardTexts> = {
  ended: (number, command, status) => `#${number}: ${command}, ${status}`,
  tool: {
    ok: "ok",
    added: (count) => `${count} a mais`,
    removed: (count) => `${count} a menos`,
    addedLine: "a mais",
    removedLine: "a menos",
    output: "Saída",
    change: "Alteração",
    fileStart: (count) => `Só as primeiras ${count} linhas da alteração são mostradas.`,
  },
  steps: {
    title: "Passos",
    progress: "Passos feitos",
    count: (done, all) => `${done}/${all}`,
    state: { done: "Feito", doing: "Em andamento", open: "A fazer" },
  },
  print: {
    place: (first, last, head) => `Linhas ${first}–${last} de ${head} do log.`,
    whole: "O log completo está no download dele e no que “retoma export” grava.",
  },
};
