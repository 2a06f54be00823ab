namespace Vigil.Configuration;
public static class YamlText { public static string Scalar(string s) => $"'{s}'"; }
