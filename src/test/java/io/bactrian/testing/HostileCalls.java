package io.bactrian.testing;

import java.util.ArrayList;
import java.util.List;

/** Requests that are wrong, each in a way of its own, for every path of the contract. */
public final class HostileCalls {
    private static final String ADMIN = "Bearer " + PlatformProcess.KEY;
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final List<String> TABLES = List.of("/api/tables/things", "/api/databases/lite/tables/things");
    private static final List<String> KEYED = List.of(
            "/api",
            "/api/",
            "/api/tables",
            "/api/tables/things",
            "/api/tables/things/1",
            "/api/tables/things/1/history",
            "/api/databases",
            "/api/databases/lite/tables",
            "/api/databases/lite/tables/things",
            "/api/databases/lite/tables/things/1",
            "/api/procedures/now",
            "/api/changes?database=main",
            "/api/live",
            "/api/subscriptions",
            "/api/subscriptions/out",
            "/api/subscriptions/out/replay",
            "/api/subscriptions/out/pause",
            "/api/hooks",
            "/api/hooks/1/deliveries",
            "/api/dead-letters",
            "/api/dead-letters/1",
            "/api/dead-letters/1/retry",
            "/api/dead-letters/1/discard",
            "/api/keys",
            "/api/keys/admin",
            "/api/routes",
            "/api/capture",
            "/metrics",
            "/openapi.json",
            "/console/",
            "/own");
    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW");
    private static final List<String> NUMBERS = List.of(
            "-1",
            "0x10",
            "",
            "1e3",
            "abc",
            "99999999999999999999999999",
            "-9223372036854775808",
            "1;DROP%20TABLE%20things",
            "1%00",
            "%FF",
            "%",
            "%zz",
            "1%0d%0aX-Injected:%201",
            "NaN");
    private static final List<String> VALUES = List.of(
            "",
            "%00",
            "a%00b",
            "%FF%FE",
            "%ED%A0%80",
            "%",
            "'%20OR%20''%3D'",
            "1%20OR%201%3D1",
            "1);DROP%20TABLE%20things;--",
            "%22;DROP%20TABLE%20things;--",
            "9".repeat(400),
            "1e400",
            "1e999999999",
            "-1e-999999999",
            "NaN",
            "Infinity",
            "99999-99-99",
            "2026-02-30T25:61:61Z",
            "%7B",
            "null",
            "%0d%0aX-Injected:%201",
            "%F0%9F%90%AA",
            "x".repeat(5000));
    private static final List<String> COLUMNS =
            List.of("id", "item", "price", "paid", "at", "day", "tag", "raw", "ratio", "doc", "list");
    private static final List<String> JSON_VALUES = List.of(
            "\"\\u0000\"",
            "\"a\\u0000b\"",
            "\"\\ud800\"",
            "1e999999999",
            "-1e-999999999",
            "9".repeat(2000),
            "true",
            "{}",
            "{\"a\":[1,{\"b\":null}]}",
            "[[[]]]",
            "\"'); DROP TABLE things; --\"",
            "\"99999999-99-99T99:99:99Z\"",
            "\"\"",
            "\"" + "x".repeat(100_000) + "\"");
    private static final List<String> BODIES = List.of(
            "{",
            "[",
            "nul",
            "null",
            "1",
            "\"text\"",
            "[1]",
            "[null]",
            "[[]]",
            "{\"id\":1,}",
            "{\"id\":1,\"id\":2}",
            "{\"id\":1}{\"id\":2}",
            "{'id':1}",
            "{\"id\":NaN}",
            "{\"\":1}",
            "{\"id\\u0000\":1}",
            "{\"id\\\"; DROP TABLE things; --\":1}",
            "{\"nope\":1}",
            "[{\"id\":1},{\"nope\":1}]",
            "\u00ef\u00bb\u00bf{\"id\":1}x",
            "\u00ff\u00fe{\u0000}\u0000",
            "{\"item\":\"\u00ff\u00c0\u00af\"}",
            "{\"item\":\"\u0000\"}",
            "[".repeat(100_000),
            "{\"item\":".repeat(50_000),
            "{\"item\":" + "[".repeat(900) + "]".repeat(900) + "}",
            "x=1&y=2");

    private HostileCalls() {}

    public static List<RawCall> all() {
        List<RawCall> calls = new ArrayList<>();
        withoutKey(calls);
        otherWays(calls);
        withKey(calls);
        heads(calls);
        return calls;
    }

    private static void withoutKey(List<RawCall> calls) {
        for (String path : KEYED) {
            for (String method : METHODS) {
                calls.add(RawCall.of(method, path, "", "", ""));
            }
            for (String key : List.of(
                    "Bearer",
                    "Bearer ",
                    "Bearer x",
                    ADMIN + "x",
                    ADMIN.substring(0, ADMIN.length() - 1),
                    "Basic YWRtaW46YWRtaW4=",
                    PlatformProcess.KEY,
                    "Bearer " + "k".repeat(10_000),
                    "Bearer \u00ff\u00fe",
                    "Bearer ' OR ''='")) {
                calls.add(RawCall.of("GET", path, key, "", ""));
            }
        }
        calls.add(RawCall.of(
                "GET", "/api/tables/things", "", "Authorization: Bearer x\r\nAuthorization: Bearer y\r\n", ""));
    }

    /** Paths that say the same in another way, without a key. */
    private static void otherWays(List<RawCall> calls) {
        for (String path : List.of(
                "//api/tables/things",
                "/./api/tables/things",
                "/api/../api/tables/things",
                "/api;x=1/tables/things",
                "/api/tables/things;x",
                "/%61pi/tables/things",
                "/api%2Ftables/things",
                "/api%2ftables%2fthings",
                "/%2561pi/tables/things",
                "/api/tables/%2e%2e/tables/things",
                "/health/live/../../api/tables/things",
                "/health/live/%2e%2e/%2e%2e/api/tables/things",
                "/health/live;/../../api/tables/things",
                "/health/live%2F..%2F..%2Fapi/tables/things",
                "/hooks/../api/tables/things",
                "/hooks/%2e%2e/api/tables/things",
                "/hooks/..%2fapi/tables/things",
                "/hooks/in/../../api/tables/things",
                "/API/tables/things",
                "/api\\tables\\things",
                "/api/tables/things%00",
                "/api%00/tables/things",
                "/metrics/",
                "/metrics;x",
                "/metrics%00",
                "/own/../own",
                "/own;x",
                "/%6fwn",
                "/" + "a/".repeat(3000),
                "/" + "a".repeat(30_000),
                "/health/" + "x".repeat(2000),
                "/%",
                "/%FF",
                "http://127.0.0.1/api/tables/things",
                "http://evil.example/api/tables/things",
                "*",
                "api/tables/things",
                "?x")) {
            calls.add(RawCall.of("GET", path, "", "", ""));
            calls.add(RawCall.of("POST", path, "", JSON, "{\"id\":666}"));
        }
    }

    private static void withKey(List<RawCall> calls) {
        for (String table : TABLES) {
            tables(calls, table);
        }
        for (String path : List.of(
                "/api/tables",
                "/api/subscriptions",
                "/api/routes",
                "/api/capture",
                "/api/keys",
                "/api/dead-letters",
                "/api/databases")) {
            for (String number : NUMBERS) {
                keyed(calls, "GET", path + "?limit=" + number, "", "");
                keyed(calls, "GET", path + "?before=" + number, "", "");
            }
            for (String method : List.of("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")) {
                keyed(calls, method, path, "", "");
            }
        }
        for (String value : VALUES) {
            for (String path : List.of(
                    "/api/tables/",
                    "/api/databases/",
                    "/api/databases/" + value + "/tables/",
                    "/api/subscriptions/",
                    "/api/dead-letters/",
                    "/api/hooks/",
                    "/hooks/",
                    "/")) {
                keyed(calls, "GET", path + value, "", "");
            }
            keyed(calls, "DELETE", "/api/keys/" + value, "", "");
            keyed(calls, "POST", "/api/dead-letters/" + value + "/retry", "", "");
            keyed(calls, "POST", "/api/subscriptions/" + value + "/replay", JSON, "{\"position\":0}");
        }
        for (String body : BODIES) {
            keyed(calls, "POST", "/api/subscriptions/out/replay", JSON, body);
            keyed(calls, "POST", "/api/keys", JSON, body);
            keyed(calls, "POST", "/hooks/in", JSON, body);
            keyed(calls, "POST", "/hooks/open", JSON, body);
        }
        for (String value : JSON_VALUES) {
            keyed(calls, "POST", "/api/subscriptions/out/replay", JSON, "{\"position\":" + value + "}");
            keyed(calls, "POST", "/api/subscriptions/out/replay", JSON, "{\"time\":" + value + "}");
            keyed(calls, "POST", "/api/keys", JSON, "{\"party\":" + value + "}");
        }
        for (String name : List.of(
                "secrets",
                "bactrian.change",
                "bactrian_change",
                "pg_catalog.pg_authid",
                "information_schema.tables",
                "sqlite_master",
                "public.things",
                "things%22",
                "%22things%22",
                "things,secrets",
                "THINGS")) {
            keyed(calls, "GET", "/api/tables/" + name, "", "");
            keyed(calls, "GET", "/api/databases/lite/tables/" + name, "", "");
        }
    }

    private static void tables(List<RawCall> calls, String table) {
        for (String number : NUMBERS) {
            keyed(calls, "GET", table + "?limit=" + number, "", "");
            keyed(calls, "GET", table + "?offset=" + number, "", "");
        }
        for (String column : COLUMNS) {
            for (String value : VALUES) {
                keyed(calls, "GET", table + "?" + column + "=eq." + value, "", "");
            }
            for (String value : JSON_VALUES) {
                keyed(calls, "POST", table, JSON, "{\"" + column + "\":" + value + "}");
                keyed(calls, "PATCH", table + "/424242", JSON, "{\"" + column + "\":" + value + "}");
            }
        }
        for (String value : VALUES) {
            keyed(calls, "GET", table + "/" + value, "", "");
            keyed(calls, "DELETE", table + "/" + value, "", "");
            keyed(calls, "PATCH", table + "/" + value, JSON, "{\"item\":\"x\"}");
            keyed(calls, "GET", table + "?" + value + "=eq.1", "", "");
            keyed(calls, "GET", table + "?id=" + value, "", "");
        }
        for (String query : List.of(
                "select=*",
                "order=id",
                "or=(id.eq.1)",
                "columns=id",
                "x",
                "id=eq.1&id=eq.2",
                "id=in.(1,2)",
                "id%22;--=eq.1",
                "limit=1&limit=2",
                "&&&",
                "=",
                "==")) {
            keyed(calls, "GET", table + "?" + query, "", "");
        }
        for (String body : BODIES) {
            keyed(calls, "POST", table, JSON, body);
            keyed(calls, "PATCH", table + "/424242", JSON, body);
        }
        for (String header : List.of(
                "Idempotency-Key: \r\n",
                "Idempotency-Key: " + "k".repeat(300) + "\r\n",
                "Idempotency-Key: \u00ff\u00fe\r\n",
                "Prefer: return=nonsense\r\n",
                "Prefer: resolution=nonsense\r\n",
                "Prefer: ,,;=\r\n",
                "If-Match: x\r\n",
                "Range: 0-1\r\n",
                "Content-Encoding: gzip\r\n")) {
            keyed(calls, "POST", table, JSON + header, "{\"nope\":1}");
            keyed(calls, "GET", table + "?nope=eq.1", header, "");
        }
        for (String type : List.of(
                "text/xml",
                "application/x-www-form-urlencoded",
                ";;;",
                "application/json; charset=utf-16",
                "multipart/form-data")) {
            keyed(calls, "POST", table, "Content-Type: " + type + "\r\n", "{\"nope\":1}");
        }
        keyed(calls, "POST", table, JSON, "{\"item\":\"" + "x".repeat(12_000_000) + "\"}");
    }

    /** Heads that no client writes, with the key where there is one at all. */
    private static void heads(List<RawCall> calls) {
        String key = "Authorization: " + ADMIN + "\r\n";
        String close = "Host: x\r\nConnection: close\r\n";
        for (String head : List.of(
                "GET /api/tables HTTP/9.9\r\n" + close + "\r\n",
                "GET /api/tables HTTP/0.9\r\n" + close + "\r\n",
                "GET /api/tables\r\n\r\n",
                "GET  /api/tables  HTTP/1.1\r\n" + close + "\r\n",
                "GET /api/tables HTTP/1.1\r\nConnection: close\r\n\r\n",
                "GET /api/tables HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
                "GET /api/tables HTTP/1.1\r\n" + close + " folded: x\r\n\r\n",
                "GET /api/tables HTTP/1.1\r\n" + close + "no colon\r\n\r\n",
                "GET /api/tables HTTP/1.1\r\n" + close + "X: \u0000\r\n\r\n",
                "GET /api/tables HTTP/1.1\r\n" + close + "X: " + "y".repeat(40_000) + "\r\n\r\n",
                "GET /api/\u0000tables HTTP/1.1\r\n" + close + "\r\n",
                "GET /api/\u00fftables HTTP/1.1\r\n" + close + "\r\n",
                "G\u0000T /api/tables HTTP/1.1\r\n" + close + "\r\n",
                "POST /api/tables/things HTTP/1.1\r\n" + close + key + "Content-Length: -1\r\n\r\n",
                "POST /api/tables/things HTTP/1.1\r\n" + close + key + "Content-Length: 99999999999999999999\r\n\r\n",
                "POST /api/tables/things HTTP/1.1\r\n" + close + key
                        + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "POST /api/tables/things HTTP/1.1\r\n" + close + key
                        + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /api/tables/things HTTP/1.1\r\n" + close + key + "Transfer-Encoding: nonsense\r\n\r\n0\r\n\r\n",
                "POST /api/tables/things HTTP/1.1\r\n" + close + key + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n",
                "\r\n\r\n\r\n")) {
            calls.add(new RawCall(head, head.contains(key)));
        }
    }

    private static void keyed(List<RawCall> calls, String method, String target, String headers, String body) {
        calls.add(RawCall.of(method, target, ADMIN, headers, body));
    }
}
