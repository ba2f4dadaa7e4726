import { describe, expect, it } from "vitest";

import { answerWords, isAnswered, questionsOf } from "./questions";

const tool = "AskUserQuestion";
const input = {
  questions: [
    {
      question: "Which database?",
      header: "Database",
      multiSelect: false,
      options: [{ label: "SQLite", description: "One file" }, { label: "PostgreSQL" }, { nothing: 1 }],
    },
    { question: "For what?", multiSelect: true, options: [{ label: "Tests" }, { label: "Life" }] },
    { options: [] },
    "no question",
  ],
};

describe("an agent that asks which", () => {
  it("has its questions read, and what is none left out", () => {
    expect(questionsOf({ tool, input })).toEqual([
      {
        text: "Which database?",
        several: false,
        options: [
          { label: "SQLite", description: "One file" },
          { label: "PostgreSQL", description: null },
        ],
      },
      {
        text: "For what?",
        several: true,
        options: [
          { label: "Tests", description: null },
          { label: "Life", description: null },
        ],
      },
    ]);
  });

  it("is no agent that asks for leave", () => {
    expect(questionsOf({ tool: "Bash", input: { command: "git push" } })).toEqual([]);
    expect(questionsOf({ tool, input: { questions: "all" } })).toEqual([]);
    expect(questionsOf({ tool: "mcp__forum__post", input })).toEqual([]);
    expect(questionsOf({ tool: null, input })).toHaveLength(2);
  });

  it("is told one answer as it is, and several with their questions", () => {
    const questions = questionsOf({ tool, input });
    expect(answerWords(questions.slice(0, 1), [{ picked: ["SQLite"], own: "" }])).toBe("SQLite");
    const answers = [
      { picked: [], own: " MySQL " },
      { picked: ["Tests"], own: "Play" },
    ];
    expect(answerWords(questions, answers)).toBe("Which database? MySQL\nFor what? Tests, Play");
    expect(answers.every(isAnswered)).toBe(true);
    expect(isAnswered({ picked: [], own: " " })).toBe(false);
  });
});
