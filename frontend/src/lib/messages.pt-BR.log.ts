import type { logTexts } from "./messages.en.log";
import type { Words } from "./words";

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);

export const logTextsPtBR: Words<typeof logTexts> = {
  logView: {
    log: "Log da execução",
    rail: "Posição no log",
    place: (first, last, head) => `Linhas ${first}–${last} de ${head}`,
    linkTo: (sequence) => `Link para a linha ${sequence}`,
    loading: "Lendo o log",
    empty: "Nada foi dito ainda.",
    waiting: "Aguardando a primeira linha.",
    gone: "Esta linha não está mais guardada.",
    follow: "Acompanhar",
    toEnd: "Ir para o fim",
    unread: (count) => `${count} novas`,
    problem: "Não foi possível ler o log.",
    retry: "Tentar de novo",
    thinking: "raciocínio",
    lines: (count, shown) => `${shown} ${plural(count, "linha", "linhas")}`,
    showLines: (shown) => `Mostrar todas as ${shown} linhas`,
    showSize: (size) => `Mostrar tudo (${size})`,
    openAll: (size) => `Abrir tudo (${size})`,
    showLess: "Mostrar menos",
    opening: "Lendo tudo…",
    wholeText: (sequence) => `Texto completo da linha ${sequence}`,
    noOutput: "sem saída",
    failed: "Falhou",
    finished: "Concluído",
    stopped: "Parado",
    exit: (code) => `saída ${code}`,
    error: "Erro",
    warning: "Aviso",
    stderr: "stderr",
    invalid: "UTF-8 inválido",
    asked: "Pergunta",
    noInput: "Sem entrada.",
    you: "Você",
  },
};
