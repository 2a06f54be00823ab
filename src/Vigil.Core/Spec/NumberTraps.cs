using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Finds numbers that YAML reads otherwise than their writer: <c>time: 1:30:00</c> is 5400, <c>id: 0123</c> is 83, <c>account: 12e4</c> is 120000.0.</summary>
internal static class NumberTraps
{
    /// <summary>Keys whose value is a word even where it is made of digits.</summary>
    private static readonly HashSet<string> Ids =
    [
        "account", "partition", "qos", "nodelist", "exclude", "reservation", "constraint", "cluster", "clusters", "wckey", "licenses", "dependency", "array", "gres", "mem", "mem_per_cpu", "mem-per-cpu",
        "mem_per_gpu", "mem-per-gpu", "tmp", "begin", "deadline", "id", "job_id",
    ];

    public static void Report(ConfigNode node, string path, DiagnosticBag report)
    {
        switch (node)
        {
            case ConfigNode.Scalar { Style: ScalarStyle.Plain, Text: var text } when YamlScalar.IsSurprisingNumber(text) || IsOtherwiseWritten(path, text):
                report.Error("CFG055", node.At, $"'{path}: {text}' is the number {YamlText.Of(YamlScalar.Read(text))} for YAML", $"write it in quotes: \"{text}\"");
                break;
            case ConfigNode.Mapping map:
                foreach (var entry in map.Entries) Report(entry.Value, $"{path}.{entry.Key}", report);
                break;
            case ConfigNode.Sequence list:
                for (var i = 0; i < list.Items.Length; i++) Report(list.Items[i], $"{path}[{i}]", report);
                break;
        }
    }

    private static bool IsOtherwiseWritten(string path, string text) =>
        text.Length > 1 && Ids.Contains(KeyOf(path)) && YamlScalar.Read(text) is (ScalarValue.Whole or ScalarValue.Real) and var number && YamlText.Of(number) != text;

    /// <summary>The last key of a path; elements of a list go by the list's.</summary>
    private static string KeyOf(string path)
    {
        var end = path.IndexOf('[', StringComparison.Ordinal) is > 0 and var bracket ? bracket : path.Length;
        return path[(path.LastIndexOf('.', end - 1) + 1)..end];
    }
}
