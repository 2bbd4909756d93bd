package io.bactrian.camel.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.Workbench;
import io.bactrian.camel.routes.RouteFileCheck.Checked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Route files are checked beside each other, and nothing of them is loaded. */
class RouteFileCheckTest {
    private static final String TEMPLATE = """
            <routeTemplates>
              <routeTemplate id="copying">
                <templateParameter name="table"/>
                <route><from uri="changes:{{table}}?subscription={{table}}-copy"/><to uri="log:{{table}}"/></route>
              </routeTemplate>
            </routeTemplates>
            """;
    private static final String USE = """
            <templatedRoutes>
              <templatedRoute routeTemplateRef="copying" routeId="copy"><parameter name="table" value="orders"/></templatedRoute>
            </templatedRoutes>
            """;

    @TempDir
    Path temp;

    private Path routes;
    private Workbench bench;

    @BeforeEach
    void begin() throws IOException {
        bench = new Workbench(temp, Map.of());
        routes = Files.createDirectory(temp.resolve("routes"));
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void aTemplateOfALaterFileIsFound() throws IOException {
        write("a.xml", USE);
        write("b.xml", TEMPLATE);
        List<Checked> all = check();
        assertEquals(
                List.of("routes/a.xml", "routes/b.xml"),
                all.stream().map(Checked::file).toList());
        assertNull(all.get(0).error());
        assertEquals(List.of("copy"), all.get(0).routes());
        assertNull(all.get(1).error());
        assertTrue(bench.context().getRoutes().isEmpty());
    }

    @Test
    void whatIsWrongIsToldWithItsLine() throws IOException {
        write("a.xml", route("a", "nonsense:x"));
        write("b.yaml", "- route:\n    id: b\n    fro: x\n");
        write("c.xml", "<routes><route");
        write("d.xml", route("d", "log:x"));
        write("e.xml", route("d", "log:y"));
        List<Checked> all = check();
        assertEquals("unknown component 'nonsense'", error(all, 0).message());
        assertEquals(4, error(all, 0).line());
        assertTrue(error(all, 1).line() > 0, () -> all.toString());
        assertTrue(error(all, 2).message().startsWith("not well-formed XML"), () -> all.toString());
        assertNull(all.get(3).error());
        assertTrue(error(all, 4).message().contains("routes/d.xml"), () -> all.toString());
    }

    @Test
    void aFileFromElsewhereIsCheckedWithTheFoldersTemplates() throws IOException {
        write("b.xml", TEMPLATE);
        write("d.xml", route("d", "log:x"));
        Path mine = Files.writeString(temp.resolve("mine.xml"), USE);
        Path edited = Files.writeString(temp.resolve("d.xml"), route("d", "log:y"));
        List<Checked> checked = check(mine, routes.resolve("d.xml"), edited);
        assertTrue(checked.stream().allMatch(each -> each.error() == null), checked::toString);
        assertEquals(3, checked.size());
        assertThrows(IOException.class, () -> check(temp.resolve("absent.xml")));
        assertThrows(IOException.class, () -> check(temp.resolve("main.db")));
    }

    private static RouteFileError error(List<Checked> all, int index) {
        RouteFileError error = all.get(index).error();
        assertNotNull(error, all::toString);
        return error;
    }

    private static String route(String id, String to) {
        return "<routes>\n<route id=\"" + id + "\">\n<from uri=\"changes:orders\"/>\n<to uri=\"" + to
                + "\"/>\n</route></routes>";
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(routes.resolve(name), text);
    }

    private List<Checked> check(Path... files) throws IOException {
        return new RouteFileCheck(bench.context(), routes).check(List.of(files));
    }
}
