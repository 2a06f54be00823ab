using System.Buffers;
using System.Text.Json;

namespace Vigil.Monitoring;

/// <summary>A message as programs get it; <c>docs/notifications.md</c> says what is in it.</summary>
public static class NotifyJson
{
    /// <summary>So many items of a rule bring lines of their log: the others failed of the same, and a message stays small.</summary>
    private const int MostExcerpts = 3;

    /// <summary>The body that a webhook is given, and what a command reads.</summary>
    public static ReadOnlyMemory<byte> Whole(NotifyMessage message) => Write(writer =>
    {
        writer.WriteNumber("schema", 1);
        writer.WriteString("id", message.Id);
        writer.WriteString("experiment", message.Experiment);
        writer.WriteString("dir", message.Dir);
        writer.WriteString("title", message.Title);
        writer.WriteStartArray("items");
        var excerpts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in message.Items)
        {
            excerpts[item.Rule] = excerpts.GetValueOrDefault(item.Rule) + 1;
            Item(writer, item, excerpts[item.Rule] <= MostExcerpts);
        }
        writer.WriteEndArray();
    });

    /// <summary>The body that Slack takes.</summary>
    public static ReadOnlyMemory<byte> Slack(NotifyMessage message) => Write(writer => writer.WriteString("text", $"*{TextForm.Slack.Escape(message.Title).Replace('*', '∗')}*\n{message.Text(TextForm.Slack)}"));

    private static void Item(Utf8JsonWriter writer, NotifyItem item, bool excerpt)
    {
        writer.WriteStartObject();
        writer.WriteString("event_id", item.EventId);
        writer.WriteString("run", item.Run);
        writer.WriteString("rule", item.Rule);
        writer.WriteString("message", item.Message);
        writer.WriteString("evidence", item.Evidence);
        writer.WriteStartArray("excerpt");
        if (excerpt)
            foreach (var line in item.Excerpt) writer.WriteStringValue(line);
        writer.WriteEndArray();
        writer.WriteString("at", item.At);
        writer.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> body)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 12);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            body(writer);
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
