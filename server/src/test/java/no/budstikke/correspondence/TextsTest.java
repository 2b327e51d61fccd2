package no.budstikke.correspondence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "Innkalling til møte", "Sak #404", "* og _ her og der", "1. mai", "1.234 kroner", "Ola's brev",
                "a  b\u00a0c", "5 < 6 og 7 > 3", "`kode` er greit", "C:\\sti", "Hva? [1]", "A & B", "- et punkt", "--- "
            })
    void ordinary_text_is_plain(String text) {
        assertThat(PlainText.is(text)).as(text).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<b>Fet</b>",
                "<script>alert(1)</script>",
                "linje<br>skift",
                "# Overskrift",
                "[lenke](https://example.no)",
                "![bilde](https://example.no/a.png)",
                "> sitat",
                "~~~\nkode\n~~~",
                "<https://example.no>",
                "a | b\n--- | ---\n1 | 2",
                "Tittel\n===",
                "[a]: https://example.no"
            })
    void markup_is_not_plain(String text) {
        assertThat(PlainText.is(text)).as(text).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# Møte\n\n* ett\n* to\n\n[lenke](https://example.no?a=1&b=2)", "5 < 6 <3", "<https://example.no>",
                "```html\n<b>ikke rør</b>\n```", "bruk `<br>` her", "  rykket inn"
            })
    void markdown_without_html_comes_back_as_it_is(String text) {
        assertThat(MessageText.markdown(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            value = {
                "<b>fet</b> og <i>skrå</i> ¦ **fet** og *skrå*",
                "<p>en</p><p>to</p> ¦ en\\n\\nto",
                "<h2>Tittel</h2>tekst ¦ ## Tittel\\n\\ntekst",
                "<a href=\"https://example.no/?a=1&amp;b=2\">her</a> ¦ [her](https://example.no/?a=1&b=2)",
                "<a href='https://example.no'>https://example.no</a> ¦ <https://example.no>",
                "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul> ¦ - a\\n- b\\n   1. c",
                "<blockquote>klokt<br>ord</blockquote>slutt ¦ > klokt  \\n> ord\\n\\nslutt",
                "<img src=\"https://example.no/a.png\" alt=\"bilde\"> ¦ ![bilde](https://example.no/a.png)",
                "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table> "
                        + "¦ | a | b |\\n| --- | --- |\\n| 1 | 2 |",
                "x<script>alert('<b>')</script>y<!-- borte --> ¦ xy",
                "**fet** og <strong>fet</strong> ¦ **fet** og **fet**",
                "<span style=\"x\">bare</span> tekst ¦ bare tekst"
            })
    void html_becomes_markdown(String html, String markdown) {
        assertThat(MessageText.markdown(html.strip()))
                .isEqualTo(markdown.strip().replace("\\n", "\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>location='https://example.no/tapt'</script>x",
                "<a href=\"https://example.no/tapt\"",
                "<a href=\"https://example.no/tapt\">uten slutt",
                "<p title=\"https://example.no/tapt\">x</p>",
                "<!-- https://example.no/tapt --><b>x</b>"
            })
    void no_link_is_lost(String html) {
        assertThat(MessageText.markdown(html)).contains("https://example.no/tapt");
    }

    @Test
    void four_reply_options_are_written_below_the_text_and_three_are_not() {
        List<Letter.ReplyOption> four = IntStream.rangeClosed(1, 4)
                .mapToObj(n -> new Letter.ReplyOption(
                        "https://example.no/" + n, n == 4 ? Optional.empty() : Optional.of("Svar " + n)))
                .toList();
        assertThat(MessageText.withReplyOptions("Hei", "nb", four.subList(0, 3)))
                .isEqualTo("Hei");
        assertThat(MessageText.withReplyOptions("Hei", "nn", four)).isEqualTo("""
                Hei

                Svarval:
                Svar 1: https://example.no/1
                Svar 2: https://example.no/2
                Svar 3: https://example.no/3
                https://example.no/4""");
        assertThat(MessageText.withReplyOptions("Hei", "en", four)).contains("Reply options:");
        assertThat(MessageText.withReplyOptions("Hei", "nb", four)).contains("Svarvalg:");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-08-20T11:10:08.123456Z, 2026-08-20T11:10:08.123456+00:00",
        "2026-08-20T11:10:08.120Z, 2026-08-20T11:10:08.12+00:00",
        "2026-08-20T11:10:08Z, 2026-08-20T11:10:08+00:00"
    })
    void times_are_written_with_their_offset_and_without_trailing_zeros(String time, String written) {
        assertThat(WireTime.write(Instant.parse(time))).isEqualTo(written);
        assertThat(WireTime.parse(written)).contains(Instant.parse(time));
    }

    @Test
    void enumerations_are_written_as_the_contract_names_them() {
        assertThat(CorrespondenceStatus.READY_FOR_PUBLISH.wire()).isEqualTo("ReadyForPublish");
        assertThat(CorrespondenceStatus.PURGED_BY_ALTINN.wire()).isEqualTo("PurgedByAltinn");
        assertThat(CorrespondenceStatus.ATTACHMENTS_DOWNLOADED.wire()).isEqualTo("AttachmentsDownloaded");
        assertThat(ReferenceType.DIALOGPORTEN_DIALOG_ID.wire()).isEqualTo("DialogportenDialogId");
    }

    @ParameterizedTest
    @CsvSource({"EKSEMPEL MOTTAKER AS, Eksempel Mottaker As", "ØYSTEIN ANNE-MARIE, Øystein Anne-Marie"})
    void names_are_written_in_title_case(String name, String written) {
        assertThat(InitializeCorrespondences.titleCase(name)).isEqualTo(written);
    }
}
