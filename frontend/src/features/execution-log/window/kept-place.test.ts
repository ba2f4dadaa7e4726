import { beforeEach, describe, expect, it } from "vitest";

import { keepPlace, takePlace } from "./kept-place";

beforeEach(() => {
  sessionStorage.clear();
  window.location.hash = "";
});

describe("the place in a log over a refresh", () => {
  it("is the line that was read, once", () => {
    keepPlace(4_711);
    expect(takePlace()).toBe(4_711);
    expect(takePlace()).toBeNull();
  });

  it("is the end where it was followed, also when the address names lines", () => {
    window.location.hash = "#L9-L12";
    keepPlace("end");
    expect(takePlace()).toBe("end");
    expect(takePlace()).toBeNull();
  });

  it("is none where none is worth it", () => {
    keepPlace(4_711);
    keepPlace(null);
    expect(takePlace()).toBeNull();
  });

  it("gives way to another line that the address names since", () => {
    keepPlace(4_711);
    window.location.hash = "#L9";
    expect(takePlace()).toBeNull();
  });

  it("is none where something else stands in the storage", () => {
    for (const text of ["x", "3", '{"sequence":"1","hash":""}', "[]"]) {
      sessionStorage.setItem(`retoma.place ${window.location.pathname}`, text);
      expect(takePlace()).toBeNull();
    }
  });
});
