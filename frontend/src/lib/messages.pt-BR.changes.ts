import type { changesTexts } from "./messages.en.changes";
import type { Words } from "./words";

export const changesTextsPtBR: Words<typeof changesTexts> = {
  changes: {
    tab: "Alterações",
    counts: (added, removed) => `+${added} −${removed}`,
    countsAloud: (added, removed) => `${added} linhas adicionadas, ${removed} removidas`,
    wait: "Lendo as alterações",
    noneTitle: "Nenhuma alteração ainda",
    neverRun:
      "O agente trabalha em um branch e em uma worktree só dele. O que ele altera ali aparece aqui, comparado com o branch de origem.",
    none: (branch, base) => `Os arquivos de ${branch} estão como eram quando ele saiu de ${base}.`,
    goneTitle: "O branch não existe mais",
    gone: (branch) =>
      `${branch} foi apagado, então não há o que comparar. O log ainda conta o que foi feito.`,
    failedTitle: "Não foi possível ler as alterações",
    again: "Tentar de novo",
    files: "Arquivos alterados",
    fileCount: (count, viewed, one) =>
      `${count} ${one ? "arquivo" : "arquivos"}, ${viewed} ${viewed === "1" ? "visto" : "vistos"}`,
    showFiles: "Mostrar os arquivos",
    against: (base, commit) => `em relação a ${base} em ${commit}`,
    source: {
      worktree: "com o que ainda não foi commitado",
      snapshot: "como foi guardado quando a worktree foi removida",
      branch: "como foi commitado",
    },
    refresh: "Ler de novo",
    layout: "Disposição das alterações",
    split: "Lado a lado",
    unified: "Unificado",
    leftOut: (shown, all) =>
      `São mostrados os primeiros ${shown} de ${all} arquivos. Veja todos com git diff na worktree.`,
    partsLeftOut: "Partes de arquivos grandes ficaram de fora. Veja tudo com git diff na worktree.",
    status: { added: "Adicionado", modified: "Modificado", deleted: "Apagado", renamed: "Renomeado" },
    renamedFrom: (path) => `renomeado de ${path}`,
    viewed: "Visto",
    viewedKey: "Tecla V",
    nextKeys: "J e K vão para o próximo arquivo e o anterior",
    diffOf: (path) => `Alterações de ${path}`,
    fold: (path) => `Recolher ${path}`,
    unfold: (path) => `Expandir ${path}`,
    oldLine: "Linha antes",
    newLine: "Linha agora",
    before: "Antes",
    now: "Agora",
    text: "Texto",
    binary: "Não é texto: o conteúdo não é mostrado.",
    tooLarge: "Grande demais para ser mostrado.",
    cut: "O resto deste arquivo ficou de fora.",
    onlyName: "O conteúdo é o mesmo.",
    showLines: (count) => `Mostrar ${count} linhas`,
  },
};
