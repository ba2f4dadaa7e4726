import type { settingsTexts } from "./messages.en.settings";
import type { Words } from "./words";

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);

export const settingsTextsPtBR: Words<typeof settingsTexts> = {
  settings: {
    title: "Configurações",
    agents: "Agentes",
    agentHere: "Encontrado",
    agentMissing: "Não encontrado",
    signedIn: "conectado à conta",
    signedOut: "sem conta conectada",
    test: "Testar",
    testOf: (agent) => `Testar ${agent}`,
    testWell: (agent) => `${agent} está pronto`,
    testNot: (agent) => `${agent} não está pronto`,
    projects: "Projetos",
    noProjects: "Nenhum projeto ainda.",
    name: "Nome",
    agent: "Agente dos cartões",
    retention: "Guardar logs por dias",
    retentionDefault: (days) =>
      days === 0
        ? "Vazio: para sempre. Os resultados ficam em qualquer caso."
        : `Vazio: ${days} ${plural(days, "dia", "dias")}. 0: para sempre. Os resultados ficam em qualquer caso.`,
    save: "Salvar",
    saved: (name) => `${name} salvo`,
    deleteProject: "Excluir…",
    deleteOf: (name) => `Excluir ${name}`,
    deleteTitle: (name) => `Excluir ${name}?`,
    deleteText:
      "Todos os cartões são excluídos com suas execuções e logs, para sempre. O repositório, os branches e o que tem commit ficam como estão.",
    deleteConfirm: "Excluir o projeto",
    deleted: (name) => `${name} excluído`,
    keep: "Manter",
    notices: "Notificações",
    desktop: "Na área de trabalho, enquanto esta página está oculta",
    desktopHint: "Novas perguntas dos agentes e fins de execuções. O navegador pede permissão uma vez.",
    desktopForbidden: "O navegador bloqueou para esta página: permita nas configurações do site.",
    desktopMissing: "Este navegador não tem notificações neste endereço.",
    appearance: "Aparência",
    singleKeys: "Teclas simples",
    singleKeysHint: "c, j, k e outras letras sem Ctrl ou ⌘. Desligado: não fazem nada.",
    data: "Dados",
    folder: "Pasta de dados",
    database: "Banco de dados",
    runs: "Diários das execuções",
    worktrees: "Worktrees",
    free: "Livre no disco",
    atLeast: (size) => `pelo menos ${size}`,
    sweep: "Última limpeza de logs antigos",
    sweepNone: "Nenhuma removeu nada ainda.",
    sweepDid: (time, logs, size) => `${time}: ${logs} logs removidos, ${size} liberados`,
    start: "Último início do servidor",
    startClean: "Nada estava inacabado.",
    outcome: { continued: "Continua", settled: "Já tinha terminado", interrupted: "Interrompida" },
    outcomes: "Execuções que o início encontrou inacabadas",
    version: "Versão",
    loading: "Lendo as configurações",
  },
};
