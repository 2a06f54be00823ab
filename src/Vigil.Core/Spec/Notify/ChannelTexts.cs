using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Turns the texts of channels into what is kept of them: templates without anything that came from the environment.</summary>
/// <param name="frozen"><c>monitoring.notify</c> as it is frozen: secrets stand in it as <c>${oc.env:NAME}</c> already.</param>
/// <param name="written">The same as it was written.</param>
/// <param name="template">A frozen value with the rest of the environment put back too.</param>
internal sealed class ChannelTexts(ConfigNode? frozen, ConfigNode? written, Func<ConfigNode.Scalar, string> template, Func<string, string?> environment, DiagnosticBag report)
{
    public string Keep(ConfigNode.Scalar value, params ReadOnlySpan<string> path) => Keep(value, Find(frozen, path), Find(written, path), path[0]);

    /// <param name="item">Its place, where a list of them stands.</param>
    public string Keep(ConfigNode.Scalar value, int item, params ReadOnlySpan<string> path) =>
        Keep(value, At(Find(frozen, path), item), At(Find(written, path), item), path[0]);

    private string Keep(ConfigNode.Scalar value, ConfigNode? kept, ConfigNode? source, string channel)
    {
        // What asks for nothing but the environment is kept as it stands, so that no function of a secret gets into the journal either.
        if (source is ConfigNode.Scalar { Interpolates: true } own && ChannelText.Fill(own.Text, environment) == value.Text) return own.Text;
        var text = template(kept as ConfigNode.Scalar ?? value);
        // What cannot be filled to the very same would go to somewhere else.
        if (ChannelText.Fill(text, environment) == value.Text) return text;
        report.Error("RUL099", value.At, $"the secret in this text of the channel '{channel}' cannot be kept apart from it, and the journal must not hold it", "write the variable itself here: ${oc.env:NAME}");
        return "";
    }

    private static ConfigNode? At(ConfigNode? node, int item) => node is ConfigNode.Sequence list ? item < list.Items.Length ? list.Items[item] : null : node;

    private static ConfigNode? Find(ConfigNode? node, ReadOnlySpan<string> path)
    {
        foreach (var key in path) node = (node as ConfigNode.Mapping)?[key];
        return node;
    }
}
