/* Draws the description of the interface; requests tried on the page are made with the session and its CSRF token. */
(() => {
  "use strict";

  /* The library's own words; it has no other language. */
  const WORDS = {
    "Authorize": "填写令牌",
    "Available values": "可选值",
    "Available authorizations": "可用的身份",
    "Cancel": "取消",
    "Clear": "清除结果",
    "Close": "关闭",
    "Code": "状态码",
    "Default value": "默认值",
    "Description": "说明",
    "Details": "详情",
    "Download": "下载",
    "Example Value": "示例",
    "Examples": "示例",
    "Examples:": "示例：",
    "Execute": "发送请求",
    "Filter by tag": "按分类筛选",
    "Headers:": "响应头：",
    "Links": "链接",
    "Loading": "正在读取",
    "Logout": "清除令牌",
    "Media type": "内容格式",
    "Name": "名称",
    "No links": "无",
    "No parameters": "没有参数",
    "Parameters": "参数",
    "Request URL": "请求地址",
    "Request body": "请求内容",
    "Reset": "复原",
    "Response body": "响应内容",
    "Response headers": "响应头",
    "Responses": "响应",
    "Schema": "结构",
    "Send empty value": "发送空值",
    "Server response": "服务器的响应",
    "Try it out": "试一试",
    "Type": "类型",
    "Value:": "值：",
    "required": "必填",
  };

  const translate = (node) => {
    const word = WORDS[node.nodeValue.trim()];
    if (word) {
      node.nodeValue = word;
    }
  };

  const translateBelow = (root) => {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      /* What the interface itself answers is left as it is. */
      if (!texts.currentNode.parentElement.closest("pre, code, textarea, .markdown")) {
        translate(texts.currentNode);
      }
    }
    root.querySelectorAll("[placeholder]").forEach((input) => {
      input.placeholder = WORDS[input.placeholder] || input.placeholder;
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.getElementById("api-docs");
    new MutationObserver(() => translateBelow(place)).observe(place, {
      childList: true,
      subtree: true,
      characterData: true,
    });
    window.SwaggerUIBundle({
      domNode: place,
      url: place.dataset.schema,
      deepLinking: true,
      docExpansion: "none",
      defaultModelsExpandDepth: -1,
      filter: true,
      validatorUrl: null,
      requestInterceptor: (request) => {
        if (new URL(request.url, location.href).origin === location.origin) {
          request.headers["X-CSRFToken"] = place.dataset.csrf;
        }
        return request;
      },
    });
  });
})();
