package io.bactrian.change;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonMembersTest {
    private static final String ROW =
            "{\"id\":1,\"na\\\"me\":\"a, \\\\\",\"doc\":{\"id\":[1,{\"x\":\"}\"}]},\"list\":[],\"none\":null,\"b\":-1.5e3}";

    private static JsonMembers of(String json) {
        JsonMembers members = JsonMembers.of(json);
        assertNotNull(members, json);
        return members;
    }

    @Test
    void theOutermostNamesAreFound() {
        assertEquals(List.of("id", "na\"me", "doc", "list", "none", "b"), of(ROW).names());
        assertEquals(List.of(), of("{}").names());
        assertEquals(List.of(), of(" { } ").names());
        assertEquals(
                List.of("a", "b"), of(" { \"a\" : 1 , \"b\" : [ 2 , \"]\" ] } ").names());
        assertEquals(List.of("é\u0001"), of("{\"\\u00e9\\u0001\":1}").names());
    }

    @Test
    void aRowOfTheSameFormIsKnown() {
        JsonMembers members = of(ROW);
        assertTrue(members.are(ROW));
        assertTrue(
                members.are("{\"id\":\"other\",\"na\\\"me\":{},\"doc\":[[]],\"list\":0,\"none\":\"\",\"b\":\"\\\"\"}"));
        assertFalse(members.are("{\"id\":1}"));
        assertFalse(members.are(ROW.replace("}]}", "}]}}")));
        assertFalse(members.are(ROW.substring(0, ROW.length() - 1) + ",\"more\":1}"));
        assertFalse(members.are(ROW.replace("none", "nine")));
        assertFalse(of("{}").are("{\"a\":1}"));
        assertTrue(of("{}").are("{}"));
    }

    @Test
    void whatIsNoObjectHasNone() {
        for (String json : List.of(
                "",
                "[]",
                "1",
                "null",
                "{",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":\"x",
                "{}x",
                "{a:1}",
                "\"{}\"",
                "{\"a\" 1}")) {
            assertNull(JsonMembers.of(json), json);
            assertFalse(of("{\"a\":1}").are(json), json);
        }
    }
}
