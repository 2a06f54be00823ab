using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Finds numbers that YAML reads otherwise than their writer: <c>time: 1:30:00</c> is 5400, <c>id: 0123</c> is 83.</summary>
internal static class NumberTraps
{
    public static void Report(ConfigNode node, string path, DiagnosticBag report)
    {
        switch (node)
        {
            case ConfigNode.Scalar { Style: ScalarStyle.Plain, Text: var text } when YamlScalar.IsSurprisingNumber(text):
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
}
