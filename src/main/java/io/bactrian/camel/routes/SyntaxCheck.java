package io.bactrian.camel.routes;

import java.io.StringReader;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Refuses what Camel would take in silence: a document that isn't well-formed or isn't Camel's loads as nothing. */
final class SyntaxCheck {
    private static final Set<String> ROOTS = Set.of(
            "camel",
            "beans",
            "blueprint",
            "routes",
            "route",
            "routeTemplates",
            "routeTemplate",
            "templatedRoutes",
            "templatedRoute",
            "rests",
            "rest",
            "routeConfigurations",
            "routeConfiguration");
    private static final Pattern YAML_REST_CONFIGURATION =
            Pattern.compile("(?m)^-\\s+[\"']?rest-?[cC]onfiguration[\"']?\\s*:");

    private SyntaxCheck() {}

    static void check(RouteText text) {
        if (text.content().isBlank()) {
            throw new RouteFileException(0, "the file is empty");
        }
        if (text.content().indexOf('\uFFFD') >= 0) {
            throw new RouteFileException(Lines.of(text, "\uFFFD"), "not UTF-8 text");
        }
        switch (text.kind()) {
            case XML -> checkXml(text);
            case YAML -> checkYaml(text);
            case JAVA -> {
                if (ToolProvider.getSystemJavaCompiler() == null) {
                    throw new RouteFileException(0, "Java route files need a JDK: this Java has no compiler");
                }
            }
        }
    }

    private static void checkXml(RouteText text) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(text.content()));
            boolean root = true;
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT) {
                    checkElement(xml, root);
                    root = false;
                }
            }
        } catch (XMLStreamException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNumber();
            throw new RouteFileException(
                    line, "not well-formed XML: " + withoutPosition(String.valueOf(e.getMessage())));
        }
    }

    private static void checkElement(XMLStreamReader xml, boolean root) {
        String name = xml.getLocalName();
        int line = xml.getLocation().getLineNumber();
        if (root && !ROOTS.contains(name)) {
            throw new RouteFileException(
                    line, "<" + name + "> is no route file's root: expected <routes>, <camel>, <rests> or the like");
        }
        if (name.equals("restConfiguration")) {
            throw restConfigurationRefused(line);
        }
    }

    private static void checkYaml(RouteText text) {
        Matcher matcher = YAML_REST_CONFIGURATION.matcher(text.content());
        if (matcher.find()) {
            throw restConfigurationRefused(Lines.lineAt(text.content(), matcher.start()));
        }
    }

    /** It would change every other file's REST routes too. */
    static RouteFileException restConfigurationRefused(int line) {
        return new RouteFileException(
                line,
                "a REST configuration holds for all files: it belongs into config/application.properties (camel.rest.*)");
    }

    /** The JDK's message repeats the position on a first line of its own. */
    private static String withoutPosition(String message) {
        return message.replaceFirst("(?s)^ParseError at \\[row,col\\]:\\[\\d+,\\d+\\]\\s*Message: ", "")
                .strip();
    }
}
