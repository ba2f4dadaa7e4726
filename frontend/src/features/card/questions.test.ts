import { describe, expect, it } from "vitest";

import { answerWords, questionsOf } from "./questions";

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
    expect(questionsOf(input)).toEqual([
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
    expect(questionsOf({ command: "git push" })).toEqual([]);
    expect(questionsOf({ questions: "all" })).toEqual([]);
  });

  it("is told one answer as it is, and several with their questions", () => {
    const questions = questionsOf(input);
    expect(answerWords(questions.slice(0, 1), [["SQLite"]])).toBe("SQLite");
    expect(answerWords(questions, [["MySQL"], ["Tests", "Life"]])).toBe(
      "Which database? MySQL\nFor what? Tests, Life",
    );
  });
});
