import { describe, expect, it } from "vitest";

import { fieldsOf, wordOf } from "@/lib/fields";

import { searchOfAddress } from "./router";

const { parseSearch, stringifySearch } = searchOfAddress;
const executionIn = (address: string) => wordOf(fieldsOf(parseSearch(address))?.["execution"]);
const readAgain = (word: string) => executionIn(stringifySearch({ execution: word }));

describe("what an address says", () => {
  it.each([
    "286e100417172356",
    "1234567890123456",
    "9999999999999999",
    "1e999",
    "0012",
    "true",
    "null",
    '"',
    '"a"',
    "[1]",
  ])("is %s as a word", (word) => {
    expect(readAgain(word)).toBe(word);
  });

  it("is the same where somebody wrote it without quotes", () => {
    expect(executionIn("?execution=286e100417172356")).toBe("286e100417172356");
    expect(executionIn("?execution=9999999999999999")).toBe("9999999999999999");
    expect(parseSearch("?add=true")).toEqual({ add: true });
  });
});
