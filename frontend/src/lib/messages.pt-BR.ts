import type { Messages } from "./messages";
import { cardTextsPtBR } from "./messages.pt-BR.card";
import { changesTextsPtBR } from "./messages.pt-BR.changes";
import { boardTextsPtBR } from "./messages.pt-BR.board";
import { historyTextsPtBR } from "./messages.pt-BR.history";
import { logTextsPtBR } from "./messages.pt-BR.log";
import { logLinesTextsPtBR } from "./messages.pt-BR.log-lines";
import { logToolsTextsPtBR } from "./messages.pt-BR.log-tools";
import { needsYouTextsPtBR } from "./messages.pt-BR.needs-you";
import { problemsTextsPtBR } from "./messages.pt-BR.problems";
import { runTextsPtBR } from "./messages.pt-BR.run";
import { settingsTextsPtBR } from "./messages.pt-BR.settings";

/*
 * messages.ts waits for this file before any other of the page goes on. So nothing is imported here but types and files
 * of this language: whatever else the page has would wait for messages.ts, and that for ever.
 */

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);

export const ptBR: Messages = {
  ...changesTextsPtBR,
  ...boardTextsPtBR,
  ...historyTextsPtBR,
  ...runTextsPtBR,
  ...logTextsPtBR,
  ...logLinesTextsPtBR,
  ...logToolsTextsPtBR,
  ...cardTextsPtBR,
  ...needsYouTextsPtBR,
  ...problemsTextsPtBR,
  ...settingsTextsPtBR,
  product: "Retoma",
  status: {
    idle: "Sem execução",
    queued: "Na fila",
    running: "Em execução",
    waiting: "Precisa de você",
    success: "Sucesso",
    error: "Falhou",
    cancelled: "Cancelada",
    interrupted: "Interrompida",
  },
  column: {
    backlog: "A fazer",
    plan: "Planejar",
    implement: "Implementar",
    test: "Testar",
    review: "Revisar",
    done: "Concluído",
  },
  command: {
    "/plan": "Pensar a tarefa e escrever um plano",
    "/implement": "Fazer o trabalho em um worktree próprio",
    "/test": "Rodar os testes e corrigir o que falhar",
    "/review": "Ler as mudanças com olhos descansados",
  },
  nav: {
    main: "Principal",
    skip: "Ir para o conteúdo",
    projects: "Projetos",
    addProject: "Adicionar projeto",
    newCard: "Novo cartão",
    noProject: "Um cartão pertence a um projeto: adicione um primeiro",
    fold: "Recolher a barra lateral",
    unfold: "Expandir a barra lateral",
    menu: "Projetos e configurações",
    closeMenu: "Fechar",
  },
  theme: { label: "Cores", light: "Claro", dark: "Escuro", system: "Do sistema" },
  language: { label: "Idioma" },
  connection: {
    connecting: "Conectando",
    live: "Ao vivo",
    reconnecting: "Reconectando",
    offline: "Sem conexão",
    liveAt: (line) => `Ao vivo, linha ${line}`,
    resumingAt: (line) => `Reconectando, retoma na linha ${line}`,
    offlineSince: (time) => `Sem conexão desde ${time}`,
    offlineHint:
      "A página mostra o que viu por último. As execuções continuam sem ela; quando o servidor responder, ela se atualiza.",
    backLive: "Ao vivo de novo",
  },
  wait: {
    board: "Carregando o quadro",
    card: "Carregando o cartão",
    plan: "Carregando o plano",
    history: "Carregando as execuções",
  },
  problem: {
    title: "Não deu certo",
    retry: "Tentar de novo",
    crash: "A página encontrou um erro inesperado. As execuções não são afetadas.",
    noAnswer:
      "O servidor não respondeu. O `retoma up` ainda está rodando? Nada se perde: as execuções continuam sem ele.",
    signInTitle: "Abra primeiro o seu link",
    signIn: "Abra o link que o `retoma up` mostrou no terminal, ou rode `retoma link` para obter um novo.",
    notFoundTitle: "Não há nada aqui",
    pageGone: "Este endereço não leva a lugar nenhum.",
    toBoard: "Ir para o quadro",
    dismiss: "Dispensar",
  },
  projects: {
    welcome: "Onde está o código?",
    intro:
      "Um projeto é um repositório git nesta máquina. Cada cartão ganha um branch e um worktree próprios, e a sua cópia de trabalho fica como está.",
    path: "Pasta do repositório",
    pathHint: "O caminho completo, por exemplo /home/you/code/shop",
    name: "Nome",
    nameHint: "Se ficar vazio: o nome da pasta",
    agentHint: "Quem trabalha nos cartões, a menos que o cartão diga outra coisa",
    add: "Adicionar o projeto",
    sampleTitle: "Sem um repositório à mão?",
    sample: "Experimente o projeto de exemplo",
    sampleHint:
      "Um repositório pequeno com um teste que falha e três cartões, nos quais trabalha o agente de ensaio: ele não precisa de conta nem de rede.",
  },
  agent: {
    rehearsal: "Ensaio",
    rehearsalTitle: "Um agente com roteiro, sem modelo: ele edita arquivos e roda comandos de verdade",
    projectDefault: (title) => `O do projeto: ${title}`,
    missing: (title) => `${title} (não encontrado)`,
    signedOut: (title) => `${title} está sem conta conectada`,
    label: "Agente",
  },
  board: {
    title: (project) => project,
    columns: "Colunas",
    running: (count) => `${count} em execução`,
    needYou: (count, shown) => `${shown} ${plural(count, "precisa de você", "precisam de você")}`,
    nextWaiting: "Ir para o próximo cartão que precisa de você",
    emptyBacklog: "Nada a fazer ainda. Um cartão é um trabalho, nas suas palavras.",
    emptyHint: "Solte um cartão aqui",
    addFirst: "Adicionar um cartão",
    unfold: (name) => `Expandir ${name}`,
    fold: (name) => `Recolher ${name}`,
    addTo: (name) => `Novo cartão em ${name}`,
  },
  card: {
    number: (number) => `#${number}`,
    name: (number, title, status, place, count, column) =>
      `#${number} ${title}, ${status}, posição ${place} de ${count} em ${column}`,
    open: "Abrir",
    actions: (number) => `Ações de #${number}`,
    run: (number) => `Executar #${number}`,
    runTitle: "Executar",
    answer: "Responder",
    cancel: "Cancelar execução",
    clear: "Limpar",
    clearHint: "Mostra o cartão sem execução; o histórico dele a mantém",
    edit: "Editar",
    delete: "Excluir",
    moveTo: "Mover para…",
    moveTop: "Para o topo",
    moveBottom: "Para o fim",
    moved: (number, column) => `#${number} movido para ${column}`,
    moveRefused: (number, why) => `#${number} voltou ao lugar: ${why}`,
    started: (command, number) => `${command} iniciado em #${number}`,
    cancelling: (number) => `Cancelando a execução de #${number}`,
    cleared: (number) => `#${number} limpo`,
    deleted: (number) => `#${number} excluído`,
    waitsForStart: "Aguarda a sua vez",
  },
  form: {
    createTitle: "Novo cartão",
    editTitle: (number) => `Editar #${number}`,
    title: "Título",
    titleHint: "O que deve estar diferente quando estiver pronto?",
    description: "O que deve ser feito",
    descriptionHint: "Em Markdown. O agente lê palavra por palavra.",
    column: "Coluna",
    labels: "Etiquetas",
    labelsHint: "erro, pagamento",
    create: "Criar",
    save: "Salvar",
    discard: "Cancelar",
    created: (number) => `#${number} criado`,
    saved: (number) => `#${number} salvo`,
    deleteTitle: (number) => `Excluir #${number}?`,
    deleteText: (title) =>
      `“${title}” é excluído com todas as execuções e logs. O branch é mantido, e o worktree é salvo nele antes.`,
    deleteBlocked: "Há uma execução em andamento. Cancele-a primeiro e depois exclua o cartão.",
    deleteConfirm: "Excluir o cartão",
    keep: "Manter",
    shortcut: "Ctrl+Enter",
  },
  question: {
    asks: (agent) => `${agent} pergunta`,
    tool: (agent, tool) => `${agent} quer usar ${tool}`,
    allow: "Permitir uma vez",
    deny: "Negar",
    answer: "Responder",
    other: "Outra coisa…",
    reason: "Por que não? O agente lê.",
    denyWith: "Negar com este motivo",
    back: "Voltar",
    arrived: (number) => `#${number} precisa de você`,
    since: (time) => `desde ${time}`,
  },
  plan: {
    work: "O que deve ser feito",
    noDescription: "Sem descrição.",
    plan: "Plano",
    none: "Nenhum plano ainda. Um /plan bem-sucedido o deixa aqui, e o /implement o recebe.",
  },
};
